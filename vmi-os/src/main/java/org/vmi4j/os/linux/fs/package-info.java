/** Files: the paths of directory entries, and the tables of open files. */
package org.vmi4j.os.linux.fs;
