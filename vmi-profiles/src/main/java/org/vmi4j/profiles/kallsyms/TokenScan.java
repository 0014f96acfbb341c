package org.vmi4j.profiles.kallsyms;

import java.util.OptionalLong;
import org.vmi4j.api.memory.Memory;

/** Finds the ten digits as tokens of their own: {@code 0}, zero byte, {@code 1}, ... */
final class TokenScan {
  private static final int BLOCK = 1 << 20;
  private static final int PAGE = 1 << 12;
  private static final int PATTERN = 20;

  private final Memory memory;
  private final long start;
  private final long end;
  private final Work work;
  private final byte[] block = new byte[BLOCK];
  private long address;
  private int length;
  private int position;

  TokenScan(Memory memory, long start, long end, Work work) {
    this.memory = memory;
    this.start = start;
    this.work = work;
    this.address = start;
    this.end = end;
  }

  /** Returns the address of the next {@code 0} of such digits. */
  OptionalLong next() {
    while (true) {
      for (; position + PATTERN <= length; position++) {
        if (block[position] == '0' && digits(position)) {
          return OptionalLong.of(address + position++);
        }
      }
      if (!advance()) {
        return OptionalLong.empty();
      }
    }
  }

  private boolean digits(int at) {
    for (int digit = 0; digit < 10; digit++) {
      if (block[at + 2 * digit] != '0' + digit || block[at + 2 * digit + 1] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Reads the next block; what is left of the last one comes first. */
  private boolean advance() {
    address += position;
    position = 0;
    length = 0;
    while (address + PATTERN - end <= 0) {
      int wanted = (int) Math.min(BLOCK, end - address);
      work.reached(address - start);
      length = memory.readAvailable(address, block, 0, wanted);
      work.read(Math.max(length, PAGE));
      if (length >= PATTERN) {
        return true;
      }
      address = (address + length & -PAGE) + PAGE;
    }
    return false;
  }
}
