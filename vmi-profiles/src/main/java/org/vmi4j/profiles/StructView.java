package org.vmi4j.profiles;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;

/**
 * A snapshot of a structure in memory, with the values of its members.
 *
 * @param type the structure
 * @param address its address
 * @param members its members; those of anonymous members replace them
 */
public record StructView(StructType type, long address, List<Row> members) {
  private static final int MAX_TEXT = 64;

  /** Keeps its own copy of the members. */
  public StructView {
    members = List.copyOf(members);
  }

  /**
   * One member.
   *
   * @param field its position, from the start of the structure, and its type
   * @param value its value
   */
  public record Row(Field field, StructValue value) {}

  /**
   * Reads a structure. A member that is not in memory is {@link StructValue.Unreadable}.
   *
   * @param names returns the name of the symbol at exactly an address; used for pointers
   * @throws MemoryFault if the address is not mapped
   * @throws ProfileException if it has more members than any valid structure
   */
  public static StructView read(
      StructType type, Memory memory, long address, LongFunction<Optional<String>> names) {
    memory.readByte(address);
    List<Row> members = new ArrayList<>();
    for (LayoutRow row : Declaration.layout(type)) {
      Field field = row.field();
      if (!field.name().isEmpty() || !(field.type() instanceof StructType)) {
        members.add(new Row(field, value(memory, address, field, names)));
      }
    }
    return new StructView(type, address, members);
  }

  private static StructValue value(
      Memory memory, long base, Field field, LongFunction<Optional<String>> names) {
    try {
      Type type = field.type();
      if (type instanceof ArrayType array) {
        return array(memory, base + field.offset(), array);
      }
      boolean number =
          type instanceof IntegerType || type instanceof EnumType || type instanceof PointerType;
      if (!number || Long.bitCount(field.size()) != 1 || field.size() > Long.BYTES) {
        return new StructValue.Place(base + field.offset());
      }
      long value = field.read(memory, base);
      if (type instanceof PointerType) {
        return new StructValue.Pointer(value, value == 0 ? Optional.empty() : names.apply(value));
      }
      Optional<String> constant =
          type instanceof EnumType enumeration ? enumeration.nameOf(value) : Optional.empty();
      return constant
          .<StructValue>map(name -> new StructValue.Constant(name, value))
          .orElse(new StructValue.Numeric(value, field.signed()));
    } catch (MemoryFault e) {
      return new StructValue.Unreadable(e.getMessage());
    }
  }

  private static StructValue array(Memory memory, long at, ArrayType array) {
    boolean characters = array.element() instanceof IntegerType integer && integer.size() == 1;
    int length = (int) Math.min(MAX_TEXT, array.count());
    if (!characters || length == 0) {
      return new StructValue.Place(at);
    }
    byte[] bytes = memory.readBytes(at, length);
    int end = 0;
    while (end < length && bytes[end] >= ' ' && bytes[end] < 0x7f) {
      end++;
    }
    return end == 0 || end < length && bytes[end] != 0
        ? new StructValue.Place(at)
        : new StructValue.Text(new String(bytes, 0, end, StandardCharsets.US_ASCII));
  }
}
