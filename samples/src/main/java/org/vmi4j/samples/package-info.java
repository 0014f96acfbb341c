/** Short programs that use vmi4j, each run by a test. */
package org.vmi4j.samples;
