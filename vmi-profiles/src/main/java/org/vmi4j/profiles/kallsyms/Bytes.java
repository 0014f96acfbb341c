package org.vmi4j.profiles.kallsyms;

import org.vmi4j.api.memory.Memory;

/** Reads memory one byte after another, fetching it in blocks. */
final class Bytes {
  private static final int BLOCK = 1 << 16;

  private final Memory memory;
  private final byte[] block = new byte[BLOCK];
  private long next;
  private int position;
  private int limit;

  Bytes(Memory memory, long address) {
    this.memory = memory;
    this.next = address;
  }

  /** Returns the next byte, unsigned; throws a memory fault if it is not present. */
  int next() {
    if (position == limit) {
      fill();
    }
    return block[position++] & 0xff;
  }

  /** Skips bytes. */
  void skip(int count) {
    if (count <= limit - position) {
      position += count;
    } else {
      next = address() + count;
      position = 0;
      limit = 0;
    }
  }

  /** Returns the address of the next byte. */
  long address() {
    return next - limit + position;
  }

  private void fill() {
    position = 0;
    limit = memory.readAvailable(next, block, 0, BLOCK);
    if (limit == 0) {
      memory.readByte(next);
      limit = memory.readAvailable(next, block, 0, 1);
    }
    next += limit;
  }
}
