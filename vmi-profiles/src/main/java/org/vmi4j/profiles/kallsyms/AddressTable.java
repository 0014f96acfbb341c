package org.vmi4j.profiles.kallsyms;

import java.util.List;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;

/**
 * Finds the addresses that belong to a table of names.
 *
 * @param alignment of the tables, in bytes
 * @param pointerSize bytes in an address
 */
record AddressTable(
    Memory memory, TokenTable tokens, NameTable names, int alignment, int pointerSize) {
  /** No kernel's code is further from its data (arch/x86/include/asm/page_64_types.h: 512 MiB). */
  private static final long MAX_KERNEL = 1L << 29;

  /**
   * Returns the first consistent table among the encodings and positions that kernels use, or null.
   */
  KallsymsTables.Addresses find(Work work) {
    long offsetBytes = KallsymsFinder.alignUp((long) Integer.BYTES * names.count(), alignment);
    long before = names.numSyms();
    long after = tokens.index() + Tokens.INDEX_BYTES;
    long base = before - pointerSize;
    List<KallsymsTables.Addresses> candidates =
        List.of(
            new KallsymsTables.Relative(after, after + offsetBytes, pointerSize),
            new KallsymsTables.Relative(base - offsetBytes, base, pointerSize),
            new KallsymsTables.Absolute(before - (long) names.count() * pointerSize, pointerSize),
            new KallsymsTables.Absolute(after, pointerSize),
            new KallsymsTables.PlaceRelative(after, pointerSize));
    for (KallsymsTables.Addresses candidate : candidates) {
      work.read(offsetBytes);
      if (plausible(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  /**
   * Symbols are in the order of their addresses, and most are near the kernel's own data: the first
   * may be offsets into per-CPU areas, the last the vectors of Arm at the end of memory.
   */
  private boolean plausible(KallsymsTables.Addresses candidate) {
    int count = names.count();
    long[] addresses;
    try {
      addresses = AddressReader.read(memory, candidate, count);
    } catch (MemoryFault notThere) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      if (Long.compareUnsigned(addresses[i - 1], addresses[i]) > 0) {
        return false;
      }
    }
    return begins(candidate, addresses[0])
        && Math.abs(addresses[count / 2] - tokens.address()) < MAX_KERNEL;
  }

  /**
   * Any table of ascending offsets is also consistent relative to its entries. A table in this
   * encoding begins with negative offsets: the kernel's code, which comes first, precedes its
   * tables.
   */
  private static boolean begins(KallsymsTables.Addresses candidate, long first) {
    return !(candidate instanceof KallsymsTables.PlaceRelative own)
        || Long.compareUnsigned(first, own.offsets()) < 0;
  }
}
