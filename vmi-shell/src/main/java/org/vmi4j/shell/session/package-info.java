/** What the commands of one run share: where they print, and the guests that are open. */
package org.vmi4j.shell.session;
