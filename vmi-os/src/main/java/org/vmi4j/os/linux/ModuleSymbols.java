package org.vmi4j.os.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.internal.Lazy;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.SymbolsBuilder;

/**
 * Reads the symbol tables of modules. Each module keeps its own in its memory: a struct
 * mod_kallsyms whose entries are ELF symbols (kernel/module/kallsyms.c).
 */
final class ModuleSymbols {
  /** KSYM_NAME_LEN of include/linux/kallsyms.h. */
  private static final int MAX_NAME = 512;

  private static final int BATCH = 1 << 12;

  /** Elf64_Sym of the System V ABI, chapter 4: its size and the offsets of its members. */
  private static final int ENTRY = 24;

  private static final int NAME_AT = 0;
  private static final int INFO_AT = 4;
  private static final int VALUE_AT = 8;

  /** The binding in the upper half of st_info that makes a symbol global. */
  private static final int GLOBAL = 1;

  private final Memory memory;
  private final Modules modules;
  private final Lazy<Bound> bound;

  ModuleSymbols(Kernel kernel, Modules modules) {
    this.memory = kernel.addressSpace();
    this.modules = modules;
    this.bound = new Lazy<>(() -> Bound.of(kernel.profile().binder()));
  }

  private record Bound(
      Field tables, Field symbols, Field count, Field names, Optional<Field> kinds) {
    static Bound of(Binder binder) {
      Bound bound =
          new Bound(
              binder.field("module", "kallsyms"),
              binder.field("mod_kallsyms", "symtab"),
              binder.field("mod_kallsyms", "num_symtab"),
              binder.field("mod_kallsyms", "strtab"),
              // Since Linux 5.2; earlier kernels keep the kinds in the entries, in fields that
              // varied.
              binder.optional("mod_kallsyms", "typetab"));
      binder.check();
      return bound;
    }
  }

  /**
   * The symbols of one module.
   *
   * @param module its name
   * @param memory the ranges of its memory
   * @param symbols its symbols
   */
  record Table(String module, List<Modules.Range> memory, Symbols symbols) {
    boolean contains(long address) {
      return memory.stream().anyMatch(range -> range.contains(address));
    }
  }

  /**
   * Reads the symbol tables of all modules; a table that cannot be read is omitted and reported.
   */
  Listing<Table> read(Budget budget) {
    List<Table> found = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    try {
      bound.get();
      modules
          .walk(budget, (from, module) -> table(from, module, budget, found, faults))
          .ifPresent(broken -> faults.add(0, broken));
    } catch (ProfileException e) {
      faults.add("the symbols of modules cannot be read: " + e.getMessage());
    }
    return new Listing<>(found, faults.stream().findFirst());
  }

  private void table(
      Memory from, long module, Budget budget, List<Table> found, List<String> faults) {
    String name = modules.nameOf(from, module);
    try {
      found.add(new Table(name, modules.memoryOf(from, module), symbols(module, budget)));
    } catch (MemoryFault | ProfileException e) {
      faults.add("the symbols of module " + name + " are damaged: " + e.getMessage());
    }
  }

  private Symbols symbols(long module, Budget budget) {
    Bound fields = bound.get();
    long tables = fields.tables.read(memory, module);
    long entries = fields.symbols.read(memory, tables);
    long names = fields.names.read(memory, tables);
    long count = fields.count.read(memory, tables) & 0xffff_ffffL;
    long kinds = fields.kinds.isPresent() ? fields.kinds.get().read(memory, tables) : 0;
    SymbolsBuilder symbols = new SymbolsBuilder((int) Math.min(count, BATCH));
    byte[] name = new byte[MAX_NAME];
    for (long first = 0; first < count; first += BATCH) {
      int batch = (int) Math.min(BATCH, count - first);
      ByteBuffer table =
          ByteBuffer.wrap(memory.readBytes(entries + first * ENTRY, batch * ENTRY))
              .order(ByteOrder.LITTLE_ENDIAN);
      byte[] letters = kinds == 0 ? null : memory.readBytes(kinds + first, batch);
      for (int i = 0; i < batch; i++) {
        long at = names + Integer.toUnsignedLong(table.getInt(i * ENTRY + NAME_AT));
        int length = name(at, name);
        budget.charge(ENTRY + length);
        if (length > 0) {
          long value = table.getLong(i * ENTRY + VALUE_AT);
          boolean global = table.get(i * ENTRY + INFO_AT) >> 4 == GLOBAL;
          char kind = letters == null ? Symbol.UNKNOWN : kind(letters[i], global);
          symbols.add(name, 0, length, value, kind);
        }
      }
    }
    return symbols.build();
  }

  /** Returns the letter of nm(1); the kernel stores it in lower case, whatever the binding. */
  private static char kind(byte letter, boolean global) {
    char kind = (char) (letter & 0xff);
    return global ? Character.toUpperCase(kind) : kind;
  }

  /** Reads a name and returns its length; a name longer than KSYM_NAME_LEN is truncated. */
  private int name(long address, byte[] into) {
    int available = memory.readAvailable(address, into, 0, into.length);
    if (available == 0) {
      memory.readByte(address);
    }
    int length = 0;
    while (length < available && into[length] != 0) {
      length++;
    }
    return length;
  }
}
