package org.vmi4j.profiles.kallsyms;

import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.SymbolsBuilder;

/** Decodes a Linux kernel's own symbol table. */
public final class Kallsyms {
  static final int MAX_SYMBOLS = 2_000_000;
  private static final int MAX_NAME = 4096;
  private static final int LONG_NAME = 0x80;

  private Kallsyms() {}

  /**
   * Decodes all symbols. Their addresses are those at which the kernel runs, KASLR included.
   *
   * @param memory the kernel's virtual memory
   * @throws ProfileException if the tables contradict themselves, or are not all there
   */
  public static Symbols decode(Memory memory, KallsymsTables tables) {
    try {
      int count = count(memory, tables);
      long[] addresses = AddressReader.read(memory, tables.addresses(), count);
      Tokens tokens = Tokens.read(memory, tables.tokenTable(), tables.tokenIndex());
      return decode(new Bytes(memory, tables.names()), tokens, addresses);
    } catch (ProfileException e) {
      throw e;
    } catch (VmiException e) {
      throw new ProfileException(tables + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static int count(Memory memory, KallsymsTables tables) {
    int count = memory.readInt(tables.numSyms());
    if (count <= 0 || count > MAX_SYMBOLS) {
      throw new ProfileException(
          tables
              + " say at 0x"
              + Long.toHexString(tables.numSyms())
              + " that there are "
              + Integer.toUnsignedString(count)
              + " symbols; a kernel has from 1 to "
              + MAX_SYMBOLS);
    }
    return count;
  }

  private static Symbols decode(Bytes names, Tokens tokens, long[] addresses) {
    SymbolsBuilder symbols = new SymbolsBuilder(addresses.length);
    byte[] name = new byte[MAX_NAME];
    for (int i = 0; i < addresses.length; i++) {
      int length = name(names, tokens, name);
      if (length < 1) {
        throw new ProfileException(
            "the name of kallsyms symbol "
                + i
                + ", before 0x"
                + Long.toHexString(names.address())
                + (length == 0 ? ", is empty" : ", is longer than " + MAX_NAME + " bytes"));
      }
      symbols.add(name, 1, length - 1, addresses[i], (char) (name[0] & 0xff));
    }
    return symbols.build();
  }

  /** Expands one name, its kind in front, and returns how long it is, or -1 if it is too long. */
  private static int name(Bytes names, Tokens tokens, byte[] into) {
    int length = length(names);
    int end = 0;
    for (int i = 0; i < length; i++) {
      end = tokens.append(names.next(), into, end);
      if (end < 0) {
        return -1;
      }
    }
    return end;
  }

  /**
   * Returns how many tokens follow: one byte, or since Linux 6.1 two bytes if the first has its top
   * bit set.
   */
  static int length(Bytes names) {
    int length = names.next();
    return length < LONG_NAME ? length : length - LONG_NAME + (names.next() << 7);
  }
}
