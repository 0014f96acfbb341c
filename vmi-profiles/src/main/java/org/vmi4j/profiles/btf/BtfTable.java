package org.vmi4j.profiles.btf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.vmi4j.profiles.ProfileException;

/** The undecoded types of one BTF section, by ID, and its strings. */
final class BtfTable {
  private static final int MAX_NAME = 4096;
  private static final int TYPE_BYTES = 12;
  private static final int USUAL_TYPE_BYTES = 20;

  private final String origin;
  private final byte[] bytes;
  private final ByteBuffer in;
  private final BtfHeader header;
  private final int firstId;
  private final long firstString;
  private int[] positions;
  private int count;

  /**
   * @param firstId the ID of its first type: 1, or one more than the last of its base
   * @param firstString the offset of its first string: 0, or where those of its base end
   */
  BtfTable(String origin, byte[] bytes, int firstId, long firstString) {
    this.origin = origin;
    this.bytes = bytes;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.header = BtfHeader.read(origin, bytes);
    this.firstId = firstId;
    this.firstString = firstString;
    if (header.length() > bytes.length) {
      throw new ProfileException(
          origin
              + ": the BTF header speaks of "
              + header.length()
              + " bytes, and there are "
              + bytes.length);
    }
    checkStrings();
    index();
  }

  private void checkStrings() {
    int length = header.stringBytes();
    boolean starts = length > 0 && (firstString > 0 || bytes[header.strings()] == 0);
    boolean empty = length == 0 && firstString > 0;
    if (!empty && !(starts && bytes[header.strings() + length - 1] == 0)) {
      throw new ProfileException(
          origin
              + ": the BTF strings at offset "
              + header.strings()
              + " must begin and end with a zero byte");
    }
  }

  private void index() {
    positions = new int[header.typeBytes() / USUAL_TYPE_BYTES + 16];
    int end = header.types() + header.typeBytes();
    int position = header.types();
    while (position < end) {
      if (end - position < TYPE_BYTES) {
        throw cut(position);
      }
      int info = in.getInt(position + 4);
      int extra = Kinds.extra(info >>> 24 & 0x1f, info & 0xffff);
      if (extra < 0) {
        throw new ProfileException(
            at(position)
                + " is of kind "
                + (info >>> 24 & 0x1f)
                + "; kinds 1 to "
                + Kinds.ENUM64
                + " are known");
      }
      if (extra > end - position - TYPE_BYTES) {
        throw cut(position);
      }
      if (count == positions.length) {
        positions = Arrays.copyOf(positions, 2 * count);
      }
      positions[count++] = position;
      position += TYPE_BYTES + extra;
    }
  }

  private ProfileException cut(int position) {
    return new ProfileException(
        at(position) + " does not end before the types do, at offset " + endOfTypes());
  }

  private int endOfTypes() {
    return header.types() + header.typeBytes();
  }

  private String at(int position) {
    return origin + ": BTF type " + (firstId + count) + " at offset " + position;
  }

  int firstId() {
    return firstId;
  }

  /** Returns one more than the ID of its last type. */
  int endId() {
    return firstId + count;
  }

  long endOfStrings() {
    return firstString + header.stringBytes();
  }

  String origin() {
    return origin;
  }

  int nameOffset(int id) {
    return in.getInt(position(id));
  }

  int kind(int id) {
    return in.getInt(position(id) + 4) >>> 24 & 0x1f;
  }

  int entries(int id) {
    return in.getInt(position(id) + 4) & 0xffff;
  }

  boolean flag(int id) {
    return in.getInt(position(id) + 4) < 0;
  }

  /** Returns the size of a type, or the ID of the type that it refers to. */
  int sizeOrType(int id) {
    return in.getInt(position(id) + 8);
  }

  /** Returns a 32-bit number after the first twelve bytes of a type. */
  int extra(int id, int index) {
    return in.getInt(position(id) + TYPE_BYTES + 4 * index);
  }

  private int position(int id) {
    return positions[id - firstId];
  }

  boolean hasString(int offset) {
    long unsigned = Integer.toUnsignedLong(offset);
    return unsigned >= firstString && unsigned < endOfStrings();
  }

  String string(int offset) {
    int start = stringStart(offset);
    return new String(bytes, start, stringEnd(start) - start, StandardCharsets.UTF_8);
  }

  int stringHash(int offset) {
    int start = stringStart(offset);
    return Names.hash(bytes, start, stringEnd(start));
  }

  boolean stringEquals(int offset, byte[] other) {
    int start = stringStart(offset);
    int end = start + other.length;
    return end < bytes.length
        && bytes[end] == 0
        && Arrays.equals(bytes, start, end, other, 0, other.length);
  }

  private int stringStart(int offset) {
    return header.strings() + (int) (Integer.toUnsignedLong(offset) - firstString);
  }

  private int stringEnd(int start) {
    int end = start;
    while (bytes[end] != 0) {
      end++;
      if (end - start > MAX_NAME) {
        throw new ProfileException(
            origin + ": the BTF string at offset " + start + " exceeds " + MAX_NAME + " bytes");
      }
    }
    return end;
  }
}
