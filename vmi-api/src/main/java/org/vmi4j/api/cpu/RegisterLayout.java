package org.vmi4j.api.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.vmi4j.api.VmiException;

/**
 * Where each register lies in a record that a hypervisor hands out. A layout is put down in rows of
 * equal width, and is then both read and written by.
 */
public final class RegisterLayout {
  private final Map<String, Place> places = new LinkedHashMap<>();

  /** Creates an empty layout, to be filled and then left alone. */
  public RegisterLayout() {}

  private record Place(int offset, int bytes) {}

  /** Registers of eight bytes side by side. */
  public RegisterLayout longs(int offset, String... names) {
    return row(offset, Long.BYTES, Long.BYTES, names);
  }

  /** Registers of four bytes side by side. */
  public RegisterLayout ints(int offset, String... names) {
    return row(offset, Integer.BYTES, Integer.BYTES, names);
  }

  /** Registers of two bytes, so many bytes apart. */
  public RegisterLayout shorts(int offset, int stride, String... names) {
    return row(offset, stride, Short.BYTES, names);
  }

  private RegisterLayout row(int offset, int stride, int bytes, String... names) {
    for (int i = 0; i < names.length; i++) {
      places.put(names[i], new Place(offset + i * stride, bytes));
    }
    return this;
  }

  /**
   * Reads all registers, in the order in which they were put down.
   *
   * @param record a little-endian record, from position 0; long enough for every place
   */
  public Map<String, Long> read(ByteBuffer record) {
    ByteBuffer bytes = record.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Long> values = new LinkedHashMap<>();
    places.forEach(
        (name, place) ->
            values.put(
                name,
                switch (place.bytes()) {
                  case Short.BYTES -> bytes.getShort(place.offset()) & 0xffffL;
                  case Integer.BYTES -> bytes.getInt(place.offset()) & 0xffff_ffffL;
                  default -> bytes.getLong(place.offset());
                }));
    return values;
  }

  /**
   * Writes some registers into a record and leaves the others as they are.
   *
   * @param record a little-endian record, from position 0
   * @throws VmiException if the layout has no such register, or a value is wider than its register;
   *     the record is as it was then
   */
  public void write(ByteBuffer record, Map<String, Long> values) {
    values.forEach(this::check);
    ByteBuffer bytes = record.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(
        (name, value) -> {
          Place place = places.get(name);
          switch (place.bytes()) {
            case Short.BYTES -> bytes.putShort(place.offset(), value.shortValue());
            case Integer.BYTES -> bytes.putInt(place.offset(), value.intValue());
            default -> bytes.putLong(place.offset(), value);
          }
        });
  }

  private void check(String name, Long value) {
    Place place = places.get(name);
    if (place == null) {
      throw new VmiException(
          "there is no register \""
              + name
              + "\" that can be written; there are "
              + String.join(", ", places.keySet()));
    }
    if (place.bytes() < Long.BYTES && value >>> place.bytes() * Byte.SIZE != 0) {
      throw new VmiException(
          "0x"
              + Long.toHexString(value)
              + " is wider than register "
              + name
              + ", which has "
              + place.bytes()
              + " bytes");
    }
  }
}
