package org.vmi4j.api.memory;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads that are asked for together, such as the members of a structure or the entries of a table:
 * {@link #add} them, pass them to {@link Memory#read(ReadBatch)}, and look at each one's answer.
 * Each read succeeds or fails by itself.
 *
 * <p>A memory answers a batch in {@link Memory#answer}: either by {@link #answer(int, int)} for
 * each read, or, if other memory lies below it, by {@link #addPart} and {@link #answerByParts}.
 *
 * <p>A batch is used again after {@link #clear}. It allocates only when it holds more reads or more
 * bytes than ever before. It belongs to one thread at a time.
 */
public final class ReadBatch {
  private static final int MAX_BYTES = 1 << 30;
  private static final int UNANSWERED = -1;
  private static final int FIRST_READS = 8;
  private static final int FIRST_BYTES = 128;

  private long[] addresses = new long[FIRST_READS];
  private int[] lengths = new int[FIRST_READS];
  private int[] offsets = new int[FIRST_READS];
  private int[] completed = new int[FIRST_READS];
  private byte[] bytes = new byte[FIRST_BYTES];
  private int count;
  private int size;
  private Memory memory;

  /** The reads of the memory below, into the same bytes; {@link #owners} has the read of each. */
  private ReadBatch parts;

  private int[] owners = {};

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
    if (length > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, 2L * (size + length)));
    }
    size += length;
    return add(address, length, size - length);
  }

  private int add(long address, int length, int offset) {
    if (count == addresses.length) {
      int larger = 2 * count;
      addresses = Arrays.copyOf(addresses, larger);
      lengths = Arrays.copyOf(lengths, larger);
      offsets = Arrays.copyOf(offsets, larger);
      completed = Arrays.copyOf(completed, larger);
    }
    addresses[count] = address;
    lengths[count] = length;
    offsets[count] = offset;
    completed[count] = UNANSWERED;
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

  /**
   * Answers a read, whose bytes are in {@link #bytes} by then.
   *
   * @param index which read
   * @param bytes how many bytes of it were there, before the first one that was not
   * @throws IllegalArgumentException if the read has fewer bytes
   */
  public void answer(int index, int bytes) {
    if (bytes < 0 || bytes > length(index)) {
      throw new IllegalArgumentException(
          "read " + index + " wants " + lengths[index] + " bytes; it cannot have " + bytes);
    }
    completed[index] = bytes;
  }

  /**
   * Adds a part of a read, as found in the memory below. The parts of a read follow each other from
   * its first byte on, and the reads follow each other.
   *
   * @param index which read the part belongs to
   * @param address the part's first address in the memory below
   * @param from where in the read the part begins, in bytes
   * @param length how many bytes it has
   */
  public void addPart(int index, long address, int from, int length) {
    Objects.checkFromIndexSize(from, length, length(index));
    if (parts == null) {
      parts = new ReadBatch();
    }
    int part = parts.add(address, length, offsets[index] + from);
    if (part == owners.length) {
      owners = Arrays.copyOf(owners, parts.addresses.length);
    }
    owners[part] = index;
  }

  /**
   * Answers every read by its parts, which are read together: up to the first byte that is missing
   * or in no part.
   */
  public void answerByParts(Memory below) {
    int count = 0;
    if (parts != null) {
      parts.bytes = bytes;
      below.read(parts);
      count = parts.count;
    }
    int part = 0;
    for (int i = 0; i < this.count; i++) {
      int done = 0;
      for (; part < count && owners[part] == i; part++) {
        if (offsets[i] + done == parts.offsets[part]) {
          done += parts.completed[part];
        }
      }
      completed[i] = done;
    }
  }

  /** Begins the answer by a memory, which also explains later what it lacks. */
  void begin(Memory from) {
    memory = from;
    if (parts != null) {
      parts.clear();
    }
  }

  /**
   * Returns where in {@link #bytes} some bytes are that a read may have got, or -1 if they are not
   * all among those that it got.
   */
  int locate(int index, long address, int bytes) {
    if (index >= count) {
      return -1;
    }
    long distance = address - addresses[index];
    boolean got = distance >= 0 && distance <= completed[index] - bytes;
    return got ? offsets[index] + (int) distance : -1;
  }

  /** Answers every read by a read of its own. */
  void readOneByOne() {
    for (int i = 0; i < count; i++) {
      completed[i] = available(memory, i);
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
