/** Opens profiles: detects compression and format by content, and limits the size. */
package org.vmi4j.profiles.file;
