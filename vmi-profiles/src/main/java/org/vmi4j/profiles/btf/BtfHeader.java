package org.vmi4j.profiles.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.profiles.ProfileException;

/**
 * The header of BTF (struct btf_header of include/uapi/linux/btf.h): the positions of types and
 * strings.
 *
 * @param types the offset of the types, from the start of the header
 * @param typeBytes their size in bytes
 * @param strings the offset of the strings, from the start of the header
 * @param stringBytes their size in bytes
 */
record BtfHeader(int types, int typeBytes, int strings, int stringBytes) {
  static final int BYTES = 24;
  private static final int MAGIC = 0xeb9f;
  private static final int SWAPPED_MAGIC = 0x9feb;
  private static final int VERSION = 1;
  private static final long MAX_BYTES = 1 << 28;

  /** Returns the size in bytes of the header, the types and the strings together. */
  int length() {
    return Math.max(types + typeBytes, strings + stringBytes);
  }

  static BtfHeader read(String origin, byte[] bytes) {
    String fault = fault(bytes, 0);
    if (fault != null) {
      throw new ProfileException(origin + ": " + fault);
    }
    return parse(bytes, 0);
  }

  /** Returns why these bytes are not a header, or null if they are one. */
  static String fault(byte[] bytes, int offset) {
    if (bytes.length - offset < BYTES) {
      return "BTF has a header of " + BYTES + " bytes, and there are " + (bytes.length - offset);
    }
    ByteBuffer in = littleEndian(bytes);
    int magic = in.getShort(offset) & 0xffff;
    if (magic == SWAPPED_MAGIC) {
      return "this is big-endian BTF; only little-endian is read";
    }
    if (magic != MAGIC) {
      return "BTF begins with 0xeb9f, and this with 0x" + Integer.toHexString(magic);
    }
    int version = bytes[offset + 2] & 0xff;
    if (version != VERSION) {
      return "this is BTF of version " + version + ", and version " + VERSION + " is read";
    }
    long header = unsigned(in, offset + 4);
    long typeEnd = header + unsigned(in, offset + 8) + unsigned(in, offset + 12);
    long stringEnd = header + unsigned(in, offset + 16) + unsigned(in, offset + 20);
    if (header < BYTES || Math.max(typeEnd, stringEnd) > MAX_BYTES) {
      return "the BTF header is of "
          + header
          + " bytes, its types end at "
          + typeEnd
          + " and its strings at "
          + stringEnd
          + "; it has at least "
          + BYTES
          + " and all ends before "
          + MAX_BYTES;
    }
    return null;
  }

  static BtfHeader parse(byte[] bytes, int offset) {
    ByteBuffer in = littleEndian(bytes);
    int header = in.getInt(offset + 4);
    return new BtfHeader(
        header + in.getInt(offset + 8),
        in.getInt(offset + 12),
        header + in.getInt(offset + 16),
        in.getInt(offset + 20));
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long unsigned(ByteBuffer in, int offset) {
    return Integer.toUnsignedLong(in.getInt(offset));
  }
}
