/** What every operating system in a guest has in common. */
package org.vmi4j.os;
