/** The state that the commands of one run share: output streams and open guests. */
package org.vmi4j.shell.session;
