package org.vmi4j.profiles.kallsyms;

import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Progress;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.profiles.ProfileException;

/**
 * Finds the tables of kallsyms in a kernel that does not publish their addresses. The token table
 * is recognised by its one-letter tokens and by the index that follows it; the names precede it,
 * and the addresses precede the names or, since Linux 6.5, follow the index. Every table must be
 * consistent with the others.
 */
public final class KallsymsFinder {
  private static final long MAX_RANGE = 1L << 30;

  private KallsymsFinder() {}

  /**
   * Searches a range of the kernel's virtual memory. Memory that is not present is skipped. The
   * total number of bytes read is bounded by the size of the range, whatever the memory holds.
   *
   * @param start the first address, for instance that of {@code _text}
   * @param length the size of the range in bytes, up to 1 GiB
   * @param pointerSize bytes in a pointer of the kernel, 4 or 8
   * @param progress receives the bytes searched so far
   * @throws ProfileException if the range is larger, or contains too many false tables
   */
  public static Optional<KallsymsTables> find(
      Memory memory, long start, long length, int pointerSize, Progress progress) {
    if (length < 0 || length > MAX_RANGE) {
      throw new ProfileException(
          "a search for kallsyms in "
              + Long.toUnsignedString(length)
              + " bytes is refused; at most "
              + MAX_RANGE
              + " are searched");
    }
    Work work = new Work(progress, length);
    TokenScan scan = new TokenScan(memory, start, start + length, work);
    for (OptionalLong hit = scan.next(); hit.isPresent(); hit = scan.next()) {
      Optional<KallsymsTables> found = around(memory, hit.getAsLong(), pointerSize, work);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** Returns the tables around the token {@code 0} at an address, if they are tables. */
  private static Optional<KallsymsTables> around(
      Memory memory, long zero, int pointerSize, Work work) {
    // Tables are aligned like pointers until Linux 7.0, and like their numbers of 4 bytes since.
    for (int alignment = pointerSize; alignment >= Integer.BYTES; alignment -= Integer.BYTES) {
      Optional<KallsymsTables> found = aligned(memory, zero, alignment, pointerSize, work);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<KallsymsTables> aligned(
      Memory memory, long zero, int alignment, int pointerSize, Work work) {
    try {
      TokenTable tokens = TokenTable.around(memory, zero, alignment, work);
      if (tokens == null) {
        return Optional.empty();
      }
      NameTable names = NameTable.before(memory, tokens.address(), alignment, work);
      if (names == null) {
        return Optional.empty();
      }
      AddressTable addresses = new AddressTable(memory, tokens, names, alignment, pointerSize);
      return Optional.ofNullable(addresses.find(work)).map(found -> tables(tokens, names, found));
    } catch (MemoryFault notThere) {
      return Optional.empty();
    }
  }

  private static KallsymsTables tables(
      TokenTable tokens, NameTable names, KallsymsTables.Addresses addresses) {
    return new KallsymsTables(
        names.numSyms(), names.address(), tokens.address(), tokens.index(), addresses);
  }

  static long alignUp(long value, int to) {
    return value + to - 1 & -to;
  }
}
