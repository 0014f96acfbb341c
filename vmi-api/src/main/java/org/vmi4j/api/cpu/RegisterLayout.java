package org.vmi4j.api.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The offsets of registers in a record: a record of a hypervisor, of a file, or of a kernel's
 * stack. Built from rows of equally wide registers; used for both reading and writing. Records are
 * little-endian, whatever the order of their buffer is. Layouts do not change, and reading a
 * register allocates nothing.
 */
public final class RegisterLayout {
  /** A layout without a register, to which rows are added. */
  public static final RegisterLayout EMPTY =
      new RegisterLayout(new Register[0], new int[0], new int[0]);

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int NOWHERE = -1;

  private final Register[] registers;
  private final int[] offsets;
  private final int[] widths;

  /** By the index of a register, which of the places above is its own. */
  private final int[] places;

  private RegisterLayout(Register[] registers, int[] offsets, int[] widths) {
    this.registers = registers;
    this.offsets = offsets;
    this.widths = widths;
    this.places = new int[Arrays.stream(registers).mapToInt(Register::index).max().orElse(-1) + 1];
    Arrays.fill(places, NOWHERE);
    for (int place = 0; place < registers.length; place++) {
      places[registers[place].index()] = place;
    }
  }

  /** Returns this layout with registers of eight bytes side by side. */
  public RegisterLayout longs(int offset, Register... row) {
    return with(offset, Long.BYTES, Long.BYTES, row);
  }

  /** Returns this layout with registers of four bytes side by side. */
  public RegisterLayout ints(int offset, Register... row) {
    return with(offset, Integer.BYTES, Integer.BYTES, row);
  }

  /** Returns this layout with registers of eight bytes, so many bytes apart. */
  public RegisterLayout longs(int offset, int stride, Register... row) {
    return with(offset, stride, Long.BYTES, row);
  }

  /** Returns this layout with registers of four bytes, so many bytes apart. */
  public RegisterLayout ints(int offset, int stride, Register... row) {
    return with(offset, stride, Integer.BYTES, row);
  }

  /** Returns this layout with registers of two bytes, so many bytes apart. */
  public RegisterLayout shorts(int offset, int stride, Register... row) {
    return with(offset, stride, Short.BYTES, row);
  }

  private RegisterLayout with(int offset, int stride, int width, Register... row) {
    int old = registers.length;
    Register[] all = Arrays.copyOf(registers, old + row.length);
    int[] allOffsets = Arrays.copyOf(offsets, all.length);
    int[] allWidths = Arrays.copyOf(widths, all.length);
    for (int i = 0; i < row.length; i++) {
      all[old + i] = row[i];
      allOffsets[old + i] = offset + i * stride;
      allWidths[old + i] = width;
    }
    return new RegisterLayout(all, allOffsets, allWidths);
  }

  /** Returns this layout, so many bytes further back in a larger record. */
  public RegisterLayout at(int offset) {
    int[] moved = Arrays.stream(offsets).map(old -> old + offset).toArray();
    return new RegisterLayout(registers, moved, widths);
  }

  /** Returns this layout for a record that ends earlier: without what it cuts off. */
  public RegisterLayout within(int size) {
    RegisterLayout kept = EMPTY;
    for (int place = 0; place < registers.length; place++) {
      if (offsets[place] + widths[place] <= size) {
        kept = kept.with(offsets[place], 0, widths[place], registers[place]);
      }
    }
    return kept;
  }

  /** Returns the size in bytes that a record must have at the least. */
  public int size() {
    int size = 0;
    for (int place = 0; place < registers.length; place++) {
      size = Math.max(size, offsets[place] + widths[place]);
    }
    return size;
  }

  /** Returns whether the record keeps a register. */
  public boolean has(Register register) {
    return placeOf(register) != NOWHERE;
  }

  /**
   * Reads one register.
   *
   * @param record the record, from index 0, with at least {@link #size} bytes
   * @throws IllegalArgumentException if the record does not keep it
   */
  public long read(ByteBuffer record, Register register) {
    int place = placeOf(register);
    if (place == NOWHERE) {
      throw new IllegalArgumentException("the record does not keep " + register.label());
    }
    return readAt(record, place);
  }

  /**
   * Reads all registers that the record keeps.
   *
   * @param record the record, from index 0, with at least {@link #size} bytes
   * @param into receives the values; registers that the record does not keep stay as they are
   * @throws IllegalArgumentException if the registers are of another architecture
   */
  public void read(ByteBuffer record, RegisterValues into) {
    for (int place = 0; place < registers.length; place++) {
      into.set(registers[place], readAt(record, place));
    }
  }

  /** A place may be wider than its register: what is beside a selector is not part of it. */
  private long readAt(ByteBuffer record, int place) {
    int offset = offsets[place];
    long value =
        switch (widths[place]) {
          case Short.BYTES -> (short) SHORT.get(record, offset) & 0xffffL;
          case Integer.BYTES -> (int) INT.get(record, offset) & 0xffff_ffffL;
          default -> (long) LONG.get(record, offset);
        };
    return value & -1L >>> Long.SIZE - registers[place].bits();
  }

  /**
   * Writes registers into a record. A place that is narrower than its register gets the low bits;
   * registers that the record does not keep are left out, and what is not known stays as it is in
   * the record. Use {@link #check} first where nothing may be left out.
   *
   * @param record the record, from index 0, with at least {@link #size} bytes
   */
  public void write(ByteBuffer record, RegisterValues values) {
    for (int place = 0; place < registers.length; place++) {
      Register register = registers[place];
      if (!register.isOf(values.architecture()) || !values.has(register)) {
        continue;
      }
      long value = values.get(register);
      switch (widths[place]) {
        case Short.BYTES -> SHORT.set(record, offsets[place], (short) value);
        case Integer.BYTES -> INT.set(record, offsets[place], (int) value);
        default -> LONG.set(record, offsets[place], value);
      }
    }
  }

  /**
   * Refuses values that a record cannot take as they are.
   *
   * @throws IllegalArgumentException if the record does not keep a register, or keeps it in fewer
   *     bits than the value has
   */
  public void check(RegisterValues values) {
    values.forEach(this::check);
  }

  private void check(Register register, long value) {
    int place = placeOf(register);
    if (place == NOWHERE) {
      throw new IllegalArgumentException(
          "the register "
              + register.label()
              + " cannot be set; those that can are "
              + Arrays.stream(registers).map(Register::label).collect(Collectors.joining(", ")));
    }
    if (widths[place] < Long.BYTES && value >>> widths[place] * Byte.SIZE != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "0x%x is wider than register %s, which has %d bytes here",
              value,
              register.label(),
              widths[place]));
    }
  }

  private int placeOf(Register register) {
    int index = register.index();
    int place = index < places.length ? places[index] : NOWHERE;
    return place != NOWHERE && registers[place] == register ? place : NOWHERE;
  }
}
