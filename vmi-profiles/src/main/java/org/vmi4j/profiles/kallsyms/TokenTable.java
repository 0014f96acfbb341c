package org.vmi4j.profiles.kallsyms;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.Memory;

/**
 * A token table that is consistent with its index.
 *
 * @param address its address
 * @param index the address of its index
 */
record TokenTable(long address, long index) {
  private static final int MAX_BEFORE = 1 << 13;
  private static final int MAX_BYTES = 1 << 16;

  /** The longest token has a few letters, which occur in very many names. */
  private static final int MAX_TOKEN = 64;

  /** Returns the table in which the token {@code 0} is at an address, or null. */
  static TokenTable around(Memory memory, long zero, int alignment, Work work) {
    work.read(MAX_BEFORE);
    byte[] before = memory.readBytes(zero - MAX_BEFORE, MAX_BEFORE);
    int end = MAX_BEFORE - 1;
    for (int token = '0' - 1; token > 0; token--) {
      do {
        end--;
      } while (end >= 0 && before[end] != 0);
      if (end < 0) {
        return null;
      }
    }
    // The start of the first token cannot be recognised: numbers may precede it directly.
    for (int start = end - 1;
        start >= Math.max(0, end - MAX_TOKEN) && before[start] != 0;
        start--) {
      long address = zero - MAX_BEFORE + start;
      TokenTable found =
          (address & alignment - 1) == 0 ? at(memory, address, alignment, work) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static TokenTable at(Memory memory, long address, int alignment, Work work) {
    work.read(MAX_BYTES);
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
    long index = KallsymsFinder.alignUp(address + at, alignment);
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
