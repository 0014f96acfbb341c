package org.vmi4j.profiles.kallsyms;

import java.util.List;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.Memory;

/** Finds the addresses that belong to a table of names. */
final class AddressTable {
  private static final long MAX_KERNEL = 1L << 31;

  private AddressTable() {}

  /** The first table, of the ways and places that kernels use, that makes sense; or null. */
  static KallsymsTables.Addresses find(
      Memory memory, TokenTable tokens, NameTable names, int pointerSize) {
    long offsetBytes = KallsymsFinder.alignUp((long) Integer.BYTES * names.count(), pointerSize);
    long before = names.numSyms();
    long after = tokens.index() + Tokens.INDEX_BYTES;
    long base = before - pointerSize;
    List<KallsymsTables.Addresses> candidates =
        List.of(
            new KallsymsTables.Relative(after, after + offsetBytes, pointerSize),
            new KallsymsTables.Relative(base - offsetBytes, base, pointerSize),
            new KallsymsTables.Absolute(before - (long) names.count() * pointerSize, pointerSize),
            new KallsymsTables.Absolute(after, pointerSize));
    for (KallsymsTables.Addresses candidate : candidates) {
      if (plausible(memory, candidate, names.count(), tokens.address())) {
        return candidate;
      }
    }
    return null;
  }

  /** Symbols are in the order of their addresses, and the last is near the kernel's own data. */
  private static boolean plausible(
      Memory memory, KallsymsTables.Addresses candidate, int count, long data) {
    long[] addresses;
    try {
      addresses = Addresses.read(memory, candidate, count);
    } catch (VmiException notThere) {
      return false;
    }
    for (int i = 1; i < count; i++) {
      if (Long.compareUnsigned(addresses[i - 1], addresses[i]) > 0) {
        return false;
      }
    }
    return Math.abs(addresses[count - 1] - data) < MAX_KERNEL && addresses[count - 1] != 0;
  }
}
