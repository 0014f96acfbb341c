/**
 * Measures reads, walks, lists and searches beside a C loop over the same image in the same run.
 */
package org.vmi4j.benchmarks;
