/** What the shell completes words with. */
package org.vmi4j.shell.complete;
