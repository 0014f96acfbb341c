/** What all supported guest operating systems have in common. */
package org.vmi4j.os;
