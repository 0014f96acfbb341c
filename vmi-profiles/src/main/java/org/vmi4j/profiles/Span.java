package org.vmi4j.profiles;

import java.util.Arrays;
import org.vmi4j.api.memory.ReadAhead;

/**
 * The part of a structure that contains some of its members, so that one read gets all of them. It
 * consists of whole words of 8 bytes.
 *
 * @param offset its offset from the start of the structure, in bytes
 * @param length how many bytes it has, at most a page
 */
public record Span(long offset, int length) {
  private static final int WORD = Long.BYTES;
  private static final int PAGE = 4096;

  /**
   * Returns the span from the first of some members to the last; what is beyond a page is not in
   * it.
   */
  public static Span of(Field... members) {
    long from = Arrays.stream(members).mapToLong(Field::offset).min().orElse(0) & -WORD;
    long to =
        Arrays.stream(members).mapToLong(field -> field.offset() + field.size()).max().orElse(0);
    long bytes = Math.max(0, Math.min(PAGE, to - from));
    return new Span(from, (int) (bytes + WORD - 1) & -WORD);
  }

  /**
   * Adds the span of one structure to what is read ahead.
   *
   * @param base the address of the structure
   */
  public void add(ReadAhead memory, long base) {
    memory.add(base + offset, length);
  }

  /** Reads ahead the span of one structure, and nothing else. */
  public void fetch(ReadAhead memory, long base) {
    memory.clear().add(base + offset, length).fetch();
  }
}
