package org.vmi4j.profiles;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects symbols. Not safe for use by several threads. */
public final class SymbolsBuilder {
  private static final int MAX_SYMBOLS = 4_000_000;
  private static final int MAX_NAME_BYTES = 1 << 27;
  private static final int USUAL_NAME = 20;

  private int count;
  private long[] addresses;
  private byte[] kinds;
  private int[] nameEnds;
  private byte[] names;

  /** Creates a builder with an initial capacity, in symbols; it grows as needed. */
  public SymbolsBuilder(int expected) {
    int room = Math.min(Math.max(expected, 16), 1 << 18);
    addresses = new long[room];
    kinds = new byte[room];
    nameEnds = new int[room];
    names = new byte[room * USUAL_NAME];
  }

  /** Adds a symbol of unknown kind. */
  public SymbolsBuilder add(String name, long address) {
    return add(name, address, Symbol.UNKNOWN);
  }

  /** Adds a symbol. */
  public SymbolsBuilder add(String name, long address, char kind) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return add(bytes, 0, bytes.length, address, kind);
  }

  /**
   * Adds a symbol whose name is a range of an array.
   *
   * @throws ProfileException if there are more symbols than in any kernel
   */
  public SymbolsBuilder add(byte[] name, int offset, int length, long address, char kind) {
    int start = count == 0 ? 0 : nameEnds[count - 1];
    if (count == addresses.length) {
      grow();
    }
    if (length > names.length - start) {
      growNames(start + (long) length);
    }
    System.arraycopy(name, offset, names, start, length);
    nameEnds[count] = start + length;
    addresses[count] = address;
    kinds[count] = (byte) kind;
    count++;
    return this;
  }

  private void grow() {
    if (count >= MAX_SYMBOLS) {
      throw new ProfileException(
          "there are more than " + MAX_SYMBOLS + " symbols, which no kernel has");
    }
    int room = Math.min(2 * count, MAX_SYMBOLS);
    addresses = Arrays.copyOf(addresses, room);
    kinds = Arrays.copyOf(kinds, room);
    nameEnds = Arrays.copyOf(nameEnds, room);
  }

  private void growNames(long needed) {
    if (needed > MAX_NAME_BYTES) {
      throw new ProfileException(
          "the names of all symbols are longer than " + MAX_NAME_BYTES + " bytes");
    }
    long room = Math.min(Math.max(2L * names.length, needed), MAX_NAME_BYTES);
    names = Arrays.copyOf(names, (int) room);
  }

  /** Returns the symbols added so far. */
  public Symbols build() {
    int nameBytes = count == 0 ? 0 : nameEnds[count - 1];
    return new Symbols(
        new SymbolTable(
            count,
            Arrays.copyOf(addresses, count),
            Arrays.copyOf(kinds, count),
            Arrays.copyOf(names, nameBytes),
            Arrays.copyOf(nameEnds, count)),
        0);
  }
}
