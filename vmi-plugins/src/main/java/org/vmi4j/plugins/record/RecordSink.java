package org.vmi4j.plugins.record;

import java.io.UncheckedIOException;

/**
 * Receives records and writes them somewhere.
 *
 * <p>A sink belongs to one thread. Closing it completes what it writes, and leaves what it writes
 * to open. Text in records may be the guest's: every sink makes it harmless for what it writes.
 */
public interface RecordSink extends AutoCloseable {

  /**
   * Begins records of a type. A sink with a head writes it, even if no record follows.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  void begin(RecordType type);

  /**
   * Writes a record of the type that was begun last.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  void write(Row row);

  /**
   * Completes the output and flushes it.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  @Override
  void close();
}
