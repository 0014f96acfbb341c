package org.vmi4j.api.memory;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.vmi4j.api.VmiException;

/**
 * Random access to little-endian memory: a guest's physical memory, or one of its virtual address
 * spaces. Addresses are unsigned 64-bit numbers in a {@code long}.
 *
 * <p>Every read either succeeds whole or throws a {@link MemoryFault} that names the first address
 * that is not there; {@link #readAvailable} is the one that stops instead. Scalar reads allocate
 * nothing.
 */
public abstract class Memory {
  private static final int MAX_BYTES = 1 << 30;
  private static final int STRING_CHUNK = 64;
  private static final int BUFFER_CHUNK = 1 << 16;

  /** For implementations. */
  protected Memory() {}

  /** The size of a pointer of the machine or program that this memory belongs to: 4 or 8 bytes. */
  public abstract int pointerSize();

  /** Reads one byte. */
  public abstract byte readByte(long address);

  /** Reads two bytes; the address need not be aligned. */
  public abstract short readShort(long address);

  /** Reads four bytes; the address need not be aligned. */
  public abstract int readInt(long address);

  /** Reads eight bytes; the address need not be aligned. */
  public abstract long readLong(long address);

  /** Returns a pointer size if it is one. */
  protected static int checkPointerSize(int pointerSize) {
    if (pointerSize != Integer.BYTES && pointerSize != Long.BYTES) {
      throw new IllegalArgumentException("a pointer has 4 or 8 bytes, not " + pointerSize);
    }
    return pointerSize;
  }

  /** Reads one byte, zero-extended. */
  public final int readUnsignedByte(long address) {
    return Byte.toUnsignedInt(readByte(address));
  }

  /** Reads two bytes, zero-extended. */
  public final int readUnsignedShort(long address) {
    return Short.toUnsignedInt(readShort(address));
  }

  /** Reads four bytes, zero-extended. */
  public final long readUnsignedInt(long address) {
    return Integer.toUnsignedLong(readInt(address));
  }

  /** Reads a pointer of {@link #pointerSize} bytes, zero-extended. */
  public final long readPointer(long address) {
    return pointerSize() == Long.BYTES ? readLong(address) : readUnsignedInt(address);
  }

  /**
   * Copies bytes until the first one that is not there.
   *
   * @param address where to begin
   * @param into where the bytes go
   * @param offset where in {@code into} they begin
   * @param length how many are wanted
   * @return how many were read, from 0 to {@code length}
   * @throws IndexOutOfBoundsException if {@code offset} and {@code length} do not fit {@code into}
   */
  public abstract int readAvailable(long address, byte[] into, int offset, int length);

  /**
   * Writes bytes until the first one that is not there or cannot be written. What the guest's own
   * tables say of rights is not looked at.
   *
   * @param address where to begin
   * @param from where the bytes come from
   * @param offset where in {@code from} they begin
   * @param length how many there are
   * @return how many were written, from 0 to {@code length}
   * @throws VmiException if this memory cannot be written at all, as that of an image
   * @throws IndexOutOfBoundsException if {@code offset} and {@code length} do not fit {@code from}
   */
  public abstract int writeAvailable(long address, byte[] from, int offset, int length);

  /**
   * Writes all bytes of an array.
   *
   * @throws MemoryFault if one of them cannot be written; those before it are
   */
  public final void write(long address, byte[] bytes) {
    int done = writeAvailable(address, bytes, 0, bytes.length);
    if (done < bytes.length) {
      throw fault(address + done, done);
    }
  }

  /** Writes one byte. */
  public final void writeByte(long address, byte value) {
    write(address, new byte[] {value});
  }

  /** Writes two bytes, in one store if the address is a multiple of two. */
  public final void writeShort(long address, short value) {
    write(address, bytes(value, Short.BYTES));
  }

  /** Writes four bytes, in one store if the address is a multiple of four. */
  public final void writeInt(long address, int value) {
    write(address, bytes(value, Integer.BYTES));
  }

  /** Writes eight bytes, in one store if the address is a multiple of eight. */
  public final void writeLong(long address, long value) {
    write(address, bytes(value, Long.BYTES));
  }

  private static byte[] bytes(long value, int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (value >>> (Byte.SIZE * i));
    }
    return bytes;
  }

  /**
   * Makes the error for an address that {@link #readAvailable} stopped at.
   *
   * @param address the first address that is not there
   * @param completed how many bytes came before it
   */
  protected abstract MemoryFault fault(long address, int completed);

  /** Reads a little-endian number whose bytes do not lie together, zero-extended. */
  protected final long readByParts(long address, int bytes) {
    long value = 0;
    byte[] parts = readBytes(address, bytes);
    for (int i = 0; i < bytes; i++) {
      value |= (parts[i] & 0xffL) << (Byte.SIZE * i);
    }
    return value;
  }

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws MemoryFault if one of them is not there; those before it are in {@code into}
   * @throws IndexOutOfBoundsException if {@code offset} and {@code length} do not fit {@code into}
   */
  public final void read(long address, byte[] into, int offset, int length) {
    int done = readAvailable(address, into, offset, length);
    if (done < length) {
      throw fault(address + done, done);
    }
  }

  /**
   * Answers all reads of a batch, each by itself: a missing address fails its own read only.
   * Numbers of 2, 4 and 8 bytes at addresses that are multiples of their size are read in one load.
   *
   * @throws org.vmi4j.api.VmGoneException if the machine is gone; the batch is then answered in
   *     part
   */
  public final void read(ReadBatch batch) {
    batch.begin(this);
    if (batch.count() == 1) {
      batch.readOneByOne();
    } else {
      answer(batch);
    }
  }

  /**
   * Answers a batch of several reads, here by {@link #readAvailable} for each, by which a batch of
   * one read is always answered. A memory that can fetch what lies apart in one request overrides
   * it: it puts the bytes of each read into {@link ReadBatch#bytes} and calls {@link
   * ReadBatch#answer(int, int)}, or leaves both to the memory below with {@link ReadBatch#addPart}
   * and {@link ReadBatch#answerByParts}.
   */
  protected void answer(ReadBatch batch) {
    batch.readOneByOne();
  }

  /**
   * Fills a buffer from its position to its limit. The position moves by the bytes that were read,
   * also when the read fails.
   *
   * @throws MemoryFault if one of them is not there; those before it are in {@code into}
   * @throws java.nio.ReadOnlyBufferException if the buffer is read-only
   */
  public final void read(long address, ByteBuffer into) {
    int length = into.remaining();
    byte[] chunk = new byte[Math.min(length, BUFFER_CHUNK)];
    int done = 0;
    while (done < length) {
      int wanted = Math.min(length - done, chunk.length);
      int got = readAvailable(address + done, chunk, 0, wanted);
      into.put(chunk, 0, got);
      done += got;
      if (got < wanted) {
        throw fault(address + done, done);
      }
    }
  }

  /**
   * Reads bytes into a new array.
   *
   * @param length how many, from 0 to 1 GiB
   * @throws MemoryFault if one of them is not there
   * @throws IllegalArgumentException if the length is negative or larger than that
   */
  public final byte[] readBytes(long address, int length) {
    if (length < 0 || length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "cannot read "
              + length
              + " bytes at 0x"
              + Long.toHexString(address)
              + "; pass a length from 0 to "
              + MAX_BYTES);
    }
    byte[] bytes = new byte[length];
    read(address, bytes, 0, length);
    return bytes;
  }

  /**
   * Reads a string that ends with a zero byte, in UTF-8. Malformed input becomes U+FFFD.
   *
   * @param maxBytes where to stop if no zero byte has come
   * @throws MemoryFault if memory ends before the string does
   */
  public final String readString(long address, int maxBytes) {
    return readTerminated(address, maxBytes, Byte.BYTES, StandardCharsets.UTF_8);
  }

  /**
   * Reads a string that ends with a zero unit, in little-endian UTF-16. Malformed input becomes
   * U+FFFD. For a string whose length is known, decode {@link #readBytes} instead.
   *
   * @param maxUnits how many units of two bytes to read if none of them is zero, up to
   *     2<sup>30</sup>
   * @throws MemoryFault if memory ends before the string does
   */
  public final String readUtf16(long address, int maxUnits) {
    return readTerminated(
        address,
        Math.multiplyExact(maxUnits, Character.BYTES),
        Character.BYTES,
        StandardCharsets.UTF_16LE);
  }

  /** Reads units until one of them is zero; memory after that one may be missing. */
  private String readTerminated(long address, int maxBytes, int unit, Charset charset) {
    byte[] bytes = new byte[Math.min(STRING_CHUNK, maxBytes)];
    int length = 0;
    int checked = 0;
    while (length < maxBytes) {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(2L * length, maxBytes));
      }
      int wanted = bytes.length - length;
      int got = readAvailable(address + length, bytes, length, wanted);
      length += got;
      for (; checked + unit <= length; checked += unit) {
        if (bytes[checked] == 0 && bytes[checked + unit - 1] == 0) {
          return new String(bytes, 0, checked, charset);
        }
      }
      if (got < wanted) {
        throw fault(address + length, length);
      }
    }
    return new String(bytes, 0, length, charset);
  }
}
