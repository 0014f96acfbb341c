/** Linux in a guest: found without a profile where the kernel carries what it takes. */
package org.vmi4j.os.linux;
