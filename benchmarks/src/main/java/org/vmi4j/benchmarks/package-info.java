/**
 * What reads, walks, lists and searches cost, beside a C loop over the same image in the same go.
 */
package org.vmi4j.benchmarks;
