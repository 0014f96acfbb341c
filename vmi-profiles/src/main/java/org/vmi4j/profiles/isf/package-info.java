/**
 * Volatility 3's intermediate symbol files, of formats 4.0 to 6.2. Source: the JSON schemas that
 * Volatility publishes, and the files that dwarf2json writes.
 */
package org.vmi4j.profiles.isf;
