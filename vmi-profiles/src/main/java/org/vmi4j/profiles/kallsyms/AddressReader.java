package org.vmi4j.profiles.kallsyms;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.memory.Memory;

/** Reads the addresses of symbols, in each encoding that kernels use (kernel/kallsyms.c). */
final class AddressReader {
  private AddressReader() {}

  static long[] read(Memory memory, KallsymsTables.Addresses tables, int count) {
    if (tables instanceof KallsymsTables.Relative relative) {
      long base = pointer(memory, relative.relativeBase(), relative.pointerSize());
      return relative(words(memory, relative.offsets(), count, Integer.BYTES), base, count);
    }
    if (tables instanceof KallsymsTables.PlaceRelative own) {
      ByteBuffer offsets = words(memory, own.offsets(), count, Integer.BYTES);
      return placeRelative(offsets, own.offsets(), own.pointerSize(), count);
    }
    KallsymsTables.Absolute absolute = (KallsymsTables.Absolute) tables;
    ByteBuffer words = words(memory, absolute.table(), count, absolute.pointerSize());
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      addresses[i] =
          absolute.pointerSize() == Long.BYTES
              ? words.getLong(Long.BYTES * i)
              : Integer.toUnsignedLong(words.getInt(Integer.BYTES * i));
    }
    return addresses;
  }

  static long pointer(Memory memory, long address, int size) {
    return size == Long.BYTES
        ? memory.readLong(address)
        : Integer.toUnsignedLong(memory.readInt(address));
  }

  private static ByteBuffer words(Memory memory, long address, int count, int size) {
    return ByteBuffer.wrap(memory.readBytes(address, count * size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Offsets are unsigned. With CONFIG_KALLSYMS_ABSOLUTE_PERCPU they are signed instead: a negative
   * one counts down from just below the base, any other is an absolute value. No kernel spans 2
   * GiB, so that a negative last offset identifies the second encoding.
   */
  private static long[] relative(ByteBuffer offsets, long base, int count) {
    boolean signed = offsets.getInt(Integer.BYTES * (count - 1)) < 0;
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      int offset = offsets.getInt(Integer.BYTES * i);
      if (!signed) {
        addresses[i] = base + Integer.toUnsignedLong(offset);
      } else {
        addresses[i] = offset < 0 ? base - 1 - offset : offset;
      }
    }
    return addresses;
  }

  /**
   * An address is the address of its own entry plus the signed offset there, modulo the pointer
   * size.
   */
  private static long[] placeRelative(ByteBuffer offsets, long table, int pointerSize, int count) {
    long mask = pointerSize == Long.BYTES ? -1 : 0xffff_ffffL;
    long[] addresses = new long[count];
    for (int i = 0; i < count; i++) {
      int at = Integer.BYTES * i;
      addresses[i] = table + at + offsets.getInt(at) & mask;
    }
    return addresses;
  }
}
