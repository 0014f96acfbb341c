/** Opening a profile: compression, size, and which format it is, told apart by content. */
package org.vmi4j.profiles.file;
