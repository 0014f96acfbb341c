package org.vmi4j.api.memory;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads that are asked for together, such as the members of a structure or the entries of a table:
 * {@link #add} them, pass them to {@link Memory#read(ReadBatch)}, and look at each one's answer.
 * Each read succeeds or fails by itself.
 *
 * <p>A batch is used again after {@link #clear}. It allocates only when it holds more reads or more
 * bytes than ever before. It belongs to one thread at a time.
 */
public final class ReadBatch {
  private static final int MAX_BYTES = 1 << 30;
  private static final int UNANSWERED = -1;
  private static final int FIRST_READS = 16;
  private static final int FIRST_BYTES = 128;

  private long[] addresses = new long[FIRST_READS];
  private int[] lengths = new int[FIRST_READS];
  private int[] offsets = new int[FIRST_READS];
  private int[] completed = new int[FIRST_READS];
  private byte[] bytes = new byte[FIRST_BYTES];
  private int count;
  private int size;
  private Memory memory;

  /** Creates a batch without reads. */
  public ReadBatch() {}

  /**
   * Adds a read.
   *
   * @param address its first address
   * @param length how many bytes are wanted; 0 always succeeds
   * @return its index: the number of reads before it
   * @throws IllegalArgumentException if the length is negative, or all reads together would have
   *     more than 1 GiB
   */
  public int add(long address, int length) {
    if (length < 0 || length > MAX_BYTES - size) {
      throw new IllegalArgumentException(
          "cannot add a read of "
              + length
              + " bytes to a batch of "
              + size
              + "; pass lengths from 0 that make up "
              + MAX_BYTES
              + " at most");
    }
    if (count == addresses.length) {
      int larger = 2 * count;
      addresses = Arrays.copyOf(addresses, larger);
      lengths = Arrays.copyOf(lengths, larger);
      offsets = Arrays.copyOf(offsets, larger);
      completed = Arrays.copyOf(completed, larger);
    }
    if (length > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, 2L * (size + length)));
    }
    addresses[count] = address;
    lengths[count] = length;
    offsets[count] = size;
    completed[count] = UNANSWERED;
    size += length;
    return count++;
  }

  /** Removes all reads and their answers. */
  public void clear() {
    count = 0;
    size = 0;
    memory = null;
  }

  /** The number of reads. */
  public int count() {
    return count;
  }

  /** The first address of a read. */
  public long address(int index) {
    return addresses[check(index)];
  }

  /** How many bytes a read wants. */
  public int length(int index) {
    return lengths[check(index)];
  }

  /** Where in {@link #bytes} the bytes of a read begin. */
  public int offset(int index) {
    return offsets[check(index)];
  }

  /**
   * The bytes of all reads: the array that the batch itself uses, until a read is added. Of a read
   * that failed, the first {@link #completed} bytes have been read and the others mean nothing.
   */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * How many bytes of a read were there, before the first one that was not.
   *
   * @throws IllegalStateException if the read has not been answered
   */
  public int completed(int index) {
    int done = completed[check(index)];
    if (done == UNANSWERED) {
      throw new IllegalStateException(
          "read " + index + " of this batch has no answer; pass the batch to a memory first");
    }
    return done;
  }

  /**
   * Whether all bytes of a read were there.
   *
   * @throws IllegalStateException if the read has not been answered
   */
  public boolean succeeded(int index) {
    return completed(index) == lengths[index];
  }

  /**
   * Returns the error of a read that failed. It is made when asked for, from what the memory says
   * then of the first address that was missing.
   *
   * @throws IllegalStateException if the read has not been answered
   */
  public Optional<MemoryFault> fault(int index) {
    return succeeded(index)
        ? Optional.empty()
        : Optional.of(memory.fault(addresses[index] + completed[index], completed[index]));
  }

  /**
   * Returns the number that a read of 1, 2, 4 or 8 bytes got, little-endian and zero-extended.
   *
   * @throws MemoryFault if the read failed
   * @throws IllegalArgumentException if the read has another length
   * @throws IllegalStateException if the read has not been answered
   */
  public long value(int index) {
    if (!succeeded(index)) {
      throw memory.fault(addresses[index] + completed[index], completed[index]);
    }
    int length = lengths[index];
    if (length > Long.BYTES || Integer.bitCount(length) != 1) {
      throw new IllegalArgumentException(
          "read " + index + " has " + length + " bytes; a number has 1, 2, 4 or 8");
    }
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << Byte.SIZE | bytes[offsets[index] + i] & 0xffL;
    }
    return value;
  }

  /** Answers every read by a read of its own. */
  void readOneByOne(Memory from) {
    memory = from;
    for (int i = 0; i < count; i++) {
      completed[i] = available(from, i);
    }
  }

  private int available(Memory from, int index) {
    try {
      return from.readAvailable(addresses[index], bytes, offsets[index], lengths[index]);
    } catch (MemoryFault e) {
      // Memory that was revoked under the read: none of its bytes can be trusted.
      return 0;
    }
  }

  private int check(int index) {
    return Objects.checkIndex(index, count);
  }
}
