/**
 * Typed records and the sinks that write them: a table, JSON and CSV. A {@link
 * org.vmi4j.plugins.record.RecordType} declares columns, its rows hold values of their kinds, and a
 * {@link org.vmi4j.plugins.record.RecordSink} receives the rows.
 */
package org.vmi4j.plugins.record;
