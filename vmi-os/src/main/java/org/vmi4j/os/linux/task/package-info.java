/** Tasks: processes and threads. */
package org.vmi4j.os.linux.task;
