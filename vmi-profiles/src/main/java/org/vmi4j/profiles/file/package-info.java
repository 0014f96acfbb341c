/** Opening a profile: compression, size, and the format, which the content shows. */
package org.vmi4j.profiles.file;
