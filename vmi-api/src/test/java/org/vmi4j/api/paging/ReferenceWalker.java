package org.vmi4j.api.paging;

import org.vmi4j.api.memory.PhysicalMemory;

/**
 * Page walks as the manuals tell them, one plain method for each family and nothing shared with the
 * engine. Returns the physical address, or -1, and keeps what else a walk finds out.
 */
final class ReferenceWalker {
  private final PhysicalMemory memory;

  /** The size of the page, or of the region that the last entry leaves without one. */
  private long size;

  private Access access;

  ReferenceWalker(PhysicalMemory memory) {
    this.memory = memory;
  }

  /** Of the last walk, the size of the page or of what is not mapped around the address. */
  long size() {
    return size;
  }

  /** Of the last walk that ended in a page, what all its entries permit. */
  Access access() {
    return access;
  }

  private long entry64(long at) {
    return memory.isPresent(at) ? memory.readLong(at) : 0;
  }

  private long entry32(long at) {
    return memory.isPresent(at) ? memory.readInt(at) & 0xffff_ffffL : 0;
  }

  private static long bits(long value, int high, int low) {
    return value >>> low & (1L << high - low + 1) - 1;
  }

  private static boolean bit(long value, int number) {
    return bits(value, number, number) == 1;
  }

  /** 4-level and 5-level paging, SDM volume 3A section 4.5, physical addresses of 52 bits. */
  long x86Long(long root, long va, int levels) {
    int top = 12 + 9 * levels - 1;
    long sign = va >> top;
    if (sign != 0 && sign != -1) {
      size = 1L << top;
      return -1;
    }
    long table = root;
    boolean write = true;
    boolean user = true;
    boolean execute = true;
    for (int level = levels; level >= 1; level--) {
      int low = 12 + 9 * (level - 1);
      long entry = entry64(table + 8 * bits(va, low + 8, low));
      size = 1L << low;
      write &= bit(entry, 1);
      user &= bit(entry, 2);
      execute &= !bit(entry, 63);
      access = new Access(true, write, execute, user);
      if (!bit(entry, 0)) {
        return -1;
      }
      if (level == 1) {
        return bits(entry, 51, 12) << 12 | bits(va, 11, 0);
      }
      if (bit(entry, 7)) {
        if (level > 3 || bits(entry, low - 1, 13) != 0) {
          return -1;
        }
        return bits(entry, 51, low) << low | bits(va, low - 1, 0);
      }
      table = bits(entry, 51, 12) << 12;
    }
    throw new AssertionError();
  }

  /** PAE paging, SDM volume 3A section 4.4. */
  long pae(long root, long va) {
    if (va >>> 32 != 0) {
      size = 1L << 32;
      return -1;
    }
    size = 1L << 30;
    long pdpte = entry64(root + 8 * bits(va, 31, 30));
    if (!bit(pdpte, 0) || bits(pdpte, 2, 1) != 0 || bits(pdpte, 8, 5) != 0 || pdpte >>> 52 != 0) {
      return -1;
    }
    long pde = entry64((bits(pdpte, 51, 12) << 12) + 8 * bits(va, 29, 21));
    size = 1L << 21;
    access = new Access(true, bit(pde, 1), !bit(pde, 63), bit(pde, 2));
    if (!bit(pde, 0) || bits(pde, 62, 52) != 0) {
      return -1;
    }
    if (bit(pde, 7)) {
      return bits(pde, 20, 13) != 0 ? -1 : bits(pde, 51, 21) << 21 | bits(va, 20, 0);
    }
    long pte = entry64((bits(pde, 51, 12) << 12) + 8 * bits(va, 20, 12));
    size = 1L << 12;
    access = new Access(true, bit(pde & pte, 1), !bit(pde | pte, 63), bit(pde & pte, 2));
    return !bit(pte, 0) || bits(pte, 62, 52) != 0 ? -1 : bits(pte, 51, 12) << 12 | bits(va, 11, 0);
  }

  /** 32-bit paging, SDM volume 3A section 4.3. */
  long x86Legacy(long root, long va, boolean pse, int physicalBits) {
    if (va >>> 32 != 0) {
      size = 1L << 32;
      return -1;
    }
    long pde = entry32(root + 4 * bits(va, 31, 22));
    size = 1L << 22;
    access = new Access(true, bit(pde, 1), true, bit(pde, 2));
    if (!bit(pde, 0)) {
      return -1;
    }
    if (pse && bit(pde, 7)) {
      long high = physicalBits > 32 ? bits(pde, physicalBits - 20, 13) : 0;
      long reserved = physicalBits > 32 ? bits(pde, 21, physicalBits - 19) : bits(pde, 21, 13);
      return reserved != 0 ? -1 : high << 32 | bits(pde, 31, 22) << 22 | bits(va, 21, 0);
    }
    long pte = entry32((bits(pde, 31, 12) << 12) + 4 * bits(va, 21, 12));
    size = 1L << 12;
    access = new Access(true, bit(pde & pte, 1), true, bit(pde & pte, 2));
    return !bit(pte, 0) ? -1 : bits(pte, 31, 12) << 12 | bits(va, 11, 0);
  }

  /** EPT, SDM volume 3C section 28.3.2. */
  long ept(long root, long va, int levels) {
    if (va >>> 12 + 9 * levels != 0) {
      size = 1L << 12 + 9 * levels;
      return -1;
    }
    long table = root;
    long all = -1;
    for (int level = levels; level >= 1; level--) {
      int low = 12 + 9 * (level - 1);
      long entry = entry64(table + 8 * bits(va, low + 8, low));
      size = 1L << low;
      all &= entry;
      access = new Access(bit(all, 0), bit(all, 1), bit(all, 2), bit(all, 0));
      if (bits(entry, 2, 0) == 0 || bits(entry, 1, 0) == 2) {
        return -1;
      }
      if (level == 1) {
        return bits(entry, 51, 12) << 12 | bits(va, 11, 0);
      }
      boolean page = level <= 3 && bit(entry, 7);
      if (page) {
        return bits(entry, low - 1, 12) != 0
            ? -1
            : bits(entry, 51, low) << low | bits(va, low - 1, 0);
      }
      if (bits(entry, level > 3 ? 7 : 6, 3) != 0) {
        return -1;
      }
      table = bits(entry, 51, 12) << 12;
    }
    throw new AssertionError();
  }

  /** Short descriptors, Arm ARM section G5.4. */
  long armShort(long root, long va, int n) {
    if (va >>> 32 - n != 0) {
      size = 1L << 32 - n;
      return -1;
    }
    long first = entry32(root + 4 * bits(va, 31 - n, 20));
    size = 1L << 20;
    if (bits(first, 1, 0) == 0) {
      return -1;
    }
    if (bits(first, 1, 0) == 1) {
      long second = entry32((bits(first, 31, 10) << 10) + 4 * bits(va, 19, 12));
      size = 1L << 12;
      if (bits(second, 1, 0) == 0) {
        return -1;
      }
      int permissions = (int) (bits(second, 9, 9) << 2 | bits(second, 5, 4));
      if (bits(second, 1, 0) == 1) {
        size = 1L << 16;
        access = armShortAccess(permissions, bit(second, 15));
        return bits(second, 31, 16) << 16 | bits(va, 15, 0);
      }
      access = armShortAccess(permissions, bit(second, 0));
      return bits(second, 31, 12) << 12 | bits(va, 11, 0);
    }
    access = armShortAccess((int) (bits(first, 15, 15) << 2 | bits(first, 11, 10)), bit(first, 4));
    if (bit(first, 18)) {
      size = 1L << 24;
      return bits(first, 8, 5) << 36
          | bits(first, 23, 20) << 32
          | bits(first, 31, 24) << 24
          | bits(va, 23, 0);
    }
    return bits(first, 31, 20) << 20 | bits(va, 19, 0);
  }

  /** AP[2:0] with SCTLR.AFE clear, Arm ARM table G5-8: PL1's rights, and whether PL0 has any. */
  private static Access armShortAccess(int permissions, boolean executeNever) {
    boolean execute = !executeNever;
    return switch (permissions) {
      case 0 -> new Access(false, false, execute, false);
      case 1 -> new Access(true, true, execute, false);
      case 2, 3 -> new Access(true, true, execute, true);
      case 4, 5 -> new Access(true, false, execute, false);
      default -> new Access(true, false, execute, true);
    };
  }

  /** Long descriptors: Arm ARM sections D8.2 and D8.3 for AArch64, G5.5 for LPAE. */
  long armLong(long root, long va, int granule, int inputBits, boolean wide, int outputBits) {
    if (va >>> inputBits != 0) {
      size = 1L << inputBits;
      return -1;
    }
    int stride = granule - 3;
    int level = 3;
    while (granule + (4 - level) * stride < inputBits) {
      level--;
    }
    long table = root;
    long tables = 0;
    while (true) {
      int low = granule + (3 - level) * stride;
      int high = Math.min(low + stride, inputBits) - 1;
      long entry = entry64(table + 8 * bits(va, high, low));
      size = 1L << low;
      access = armLongAccess(entry, tables);
      long output = bits(entry, outputBits - 1, granule) << granule;
      if (wide && granule == 16) {
        output |= bits(entry, 15, 12) << 48;
      } else if (wide) {
        output |= bits(entry, 49, 48) << 48 | bits(entry, 9, 8) << 50;
      }
      boolean both = bits(entry, 1, 0) == 3;
      if (!bit(entry, 0) || level == 3 && !both) {
        return -1;
      }
      if (level == 3) {
        return output | bits(va, granule - 1, 0);
      }
      if (!both) {
        int firstBlock = granule == 12 ? wide ? 0 : 1 : wide ? 1 : 2;
        return level < firstBlock ? -1 : output >>> low << low | bits(va, low - 1, 0);
      }
      table = output;
      tables |= entry;
      level++;
    }
  }

  /**
   * Arm ARM sections D8.4.1 and D8.4.2: AP[2] and AP[1] of the page; APTable, PXNTable and UXNTable
   * of all tables above it take rights away.
   */
  private static Access armLongAccess(long page, long tables) {
    boolean user = bit(page, 6) && !bit(tables, 61);
    boolean write = !bit(page, 7) && !bit(tables, 62);
    boolean userExecute = !bit(page, 54) && !bit(tables, 60);
    boolean kernelExecute = !bit(page, 53) && !bit(tables, 59);
    return new Access(true, write, user ? userExecute : kernelExecute, user);
  }
}
