package org.vmi4j.shell.command.types;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.EnumType;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.IntegerType;
import org.vmi4j.profiles.LayoutRow;
import org.vmi4j.profiles.PointerType;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Type;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.Hex;
import org.vmi4j.shell.command.Table;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.complete.TypeNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Decodes a structure in memory. */
@Command(
    name = "struct",
    description = "Decodes a structure of the kernel at an address.",
    footer = {"", "Example: vmi struct file:guest.elf task_struct init_task"})
final class StructCommand extends GuestCommand {
  private static final int MAX_TEXT = 64;

  @Parameters(
      index = "1",
      paramLabel = "TYPE",
      completionCandidates = TypeNames.class,
      description = "The structure.")
  private String type;

  @Parameters(
      index = "2",
      paramLabel = "ADDRESS",
      completionCandidates = SymbolNames.class,
      description = "An address or a symbol.")
  private String address;

  @Override
  protected void run(Guest guest) {
    Linux linux = guest.linux();
    if (!(TypeCommand.find(linux.kernel().profile(), type) instanceof StructType struct)) {
      throw new VmiException(type + " is no structure; \"vmi type\" shows what it is");
    }
    long base = Addresses.parse(guest, address);
    Memory memory = linux.kernel().addressSpace();
    memory.readByte(base);
    Table table = new Table("offset", "name", "value", "type");
    for (LayoutRow row : Declaration.layout(struct)) {
      Field field = row.field();
      if (!(field.type() instanceof StructType) || !field.name().isEmpty()) {
        table.row(
            field.offset(),
            field.name(),
            value(linux, memory, base, field),
            Declaration.of(field.type(), ""));
      }
    }
    output().print(session(), table);
  }

  private static Object value(Linux linux, Memory memory, long base, Field field) {
    try {
      Type type = field.type();
      if (type instanceof StructType) {
        return "at " + new Hex(base + field.offset());
      }
      if (type instanceof ArrayType array) {
        return array(memory, base + field.offset(), array);
      }
      if (type instanceof PointerType) {
        return pointer(linux, field.read(memory, base));
      }
      if (type instanceof EnumType enumeration) {
        long value = field.read(memory, base);
        return enumeration.constants().stream()
            .filter(constant -> constant.value() == value)
            .map(EnumType.Constant::name)
            .findFirst()
            .orElse(Long.toString(value));
      }
      return type instanceof IntegerType
          ? (Object) field.read(memory, base)
          : "at " + new Hex(base + field.offset());
    } catch (MemoryFault e) {
      return "not readable";
    }
  }

  private static Object pointer(Linux linux, long value) {
    Optional<Symbol> symbol =
        value == 0 ? Optional.empty() : linux.kernel().profile().symbols().nearest(value);
    return symbol.filter(near -> near.address() == value).isPresent()
        ? new Hex(value) + " " + symbol.get().name()
        : new Hex(value);
  }

  /** An array of characters as text, as far as it is; any other by its place. */
  private static Object array(Memory memory, long at, ArrayType array) {
    boolean text = array.element() instanceof IntegerType integer && integer.size() == 1;
    int length = (int) Math.min(MAX_TEXT, array.count());
    if (!text || length == 0) {
      return "at " + new Hex(at);
    }
    byte[] bytes = memory.readBytes(at, length);
    int end = 0;
    while (end < length && bytes[end] >= ' ') {
      end++;
    }
    return end == 0 || end < length && bytes[end] != 0
        ? "at " + new Hex(at)
        : '"' + new String(bytes, 0, end, StandardCharsets.US_ASCII) + '"';
  }
}
