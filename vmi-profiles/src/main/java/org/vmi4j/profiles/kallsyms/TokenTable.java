package org.vmi4j.profiles.kallsyms;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.Memory;

/**
 * A token table whose index agrees with it.
 *
 * @param address where it is
 * @param index where its index is
 */
record TokenTable(long address, long index) {
  private static final int MAX_BEFORE = 1 << 13;
  private static final int MAX_BYTES = 1 << 16;

  /** The table in which the token {@code 0} is at an address, or null. */
  static TokenTable around(Memory memory, long zero, int pointerSize) {
    byte[] before = memory.readBytes(zero - MAX_BEFORE, MAX_BEFORE);
    // The byte before the first token belongs to a small number or is padding: zero as well.
    int start = MAX_BEFORE - 1;
    for (int tokens = 0; tokens < '0'; tokens++) {
      do {
        start--;
      } while (start >= 0 && before[start] != 0);
      if (start < 0) {
        return null;
      }
    }
    long address = zero - MAX_BEFORE + start + 1;
    return (address & pointerSize - 1) == 0 ? at(memory, address, pointerSize) : null;
  }

  private static TokenTable at(Memory memory, long address, int pointerSize) {
    byte[] table = new byte[MAX_BYTES];
    int available = memory.readAvailable(address, table, 0, MAX_BYTES);
    int[] starts = new int[Tokens.COUNT];
    int at = 0;
    for (int token = 0; token < Tokens.COUNT; token++) {
      starts[token] = at;
      while (at < available && table[at] != 0) {
        at++;
      }
      at++;
    }
    if (at > available) {
      return null;
    }
    long index = KallsymsFinder.alignUp(address + at, pointerSize);
    return matches(memory, index, starts) ? new TokenTable(address, index) : null;
  }

  private static boolean matches(Memory memory, long index, int[] starts) {
    ByteBuffer entries =
        ByteBuffer.wrap(memory.readBytes(index, Tokens.INDEX_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    for (int token = 0; token < Tokens.COUNT; token++) {
      if ((entries.getShort(2 * token) & 0xffff) != starts[token]) {
        return false;
      }
    }
    return true;
  }
}
