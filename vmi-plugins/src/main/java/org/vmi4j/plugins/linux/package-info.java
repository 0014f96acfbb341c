/** What a Linux guest has, as records. */
package org.vmi4j.plugins.linux;
