package org.vmi4j.plugins.record;

import java.io.UncheckedIOException;

/**
 * Receives records and writes them.
 *
 * <p>A sink is used by one thread. Closing it completes the output and leaves the destination open.
 * Text in records may come from the guest: every sink escapes it for its format.
 */
public interface RecordSink extends AutoCloseable {

  /**
   * Begins records of a type. A sink whose format has a header writes it, even if no record
   * follows.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  void begin(RecordType type);

  /**
   * Writes a record of the type begun last.
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
