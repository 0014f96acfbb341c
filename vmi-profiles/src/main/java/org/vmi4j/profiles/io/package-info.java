/** Reading and writing the files that profiles come in. */
package org.vmi4j.profiles.io;
