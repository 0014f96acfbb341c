package org.vmi4j.profiles.kallsyms;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.profiles.ProfileException;

/** The 256 tokens that names are composed of. */
final class Tokens {
  static final int COUNT = 256;
  static final int INDEX_BYTES = 2 * COUNT;
  private static final int MAX_TOKEN = 1024;

  private final byte[] table;
  private final int[] starts = new int[COUNT];
  private final int[] lengths = new int[COUNT];

  private Tokens(byte[] table) {
    this.table = table;
  }

  static Tokens read(Memory memory, long tableAddress, long indexAddress) {
    ByteBuffer index =
        ByteBuffer.wrap(memory.readBytes(indexAddress, INDEX_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    int last = index.getShort(INDEX_BYTES - 2) & 0xffff;
    byte[] table = new byte[last + MAX_TOKEN];
    int available = memory.readAvailable(tableAddress, table, 0, table.length);
    Tokens tokens = new Tokens(table);
    for (int i = 0; i < COUNT; i++) {
      int start = index.getShort(2 * i) & 0xffff;
      int end = start;
      while (end < available && table[end] != 0 && end - start < MAX_TOKEN) {
        end++;
      }
      if (end >= available || table[end] != 0) {
        throw new ProfileException(
            "kallsyms token "
                + i
                + " at 0x"
                + Long.toHexString(tableAddress + start)
                + " does not end within "
                + MAX_TOKEN
                + " bytes");
      }
      tokens.starts[i] = start;
      tokens.lengths[i] = end - start;
    }
    return tokens;
  }

  /** Appends a token and returns where it ends, or -1 if there is no room. */
  int append(int token, byte[] into, int at) {
    int length = lengths[token];
    if (length > into.length - at) {
      return -1;
    }
    int start = starts[token];
    for (int i = 0; i < length; i++) {
      into[at + i] = table[start + i];
    }
    return at + length;
  }
}
