/** Images that are memory and nothing else. */
package org.vmi4j.snapshot.raw;
