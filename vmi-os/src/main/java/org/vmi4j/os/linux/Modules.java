package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.ReadAhead;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.internal.Lazy;
import org.vmi4j.os.linux.container.KernelList;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Span;

/**
 * The list of modules (include/linux/module.h). The description of a module's memory has moved
 * twice: into two struct module_layout (Linux 4.5), and into an array of struct module_memory
 * (6.4).
 */
final class Modules {
  private static final int MAX_NAME = 64;
  private static final int UNFORMED = 3;

  private final Memory memory;
  private final Lazy<Bound> bound;

  Modules(Kernel kernel, Memory memory) {
    this.memory = memory;
    this.bound = new Lazy<>(() -> new Bound(kernel));
  }

  /** The members that hold the address and the size of one part of a module's memory. */
  private record Part(long offset, Field base, Field size) {}

  private static final class Bound {
    final long head;
    final long size;
    final Field list;
    final Field name;
    final Field state;
    final List<Part> parts = new ArrayList<>();
    final Span span;

    Bound(Kernel kernel) {
      Binder binder = kernel.profile().binder();
      head = binder.symbol("modules");
      size = binder.size("module");
      list = binder.field("module", "list");
      name = binder.field("module", "name");
      state = binder.field("module", "state");
      List<Field> read = new ArrayList<>(List.of(list, name, state));
      Optional<Field> memory = binder.optional("module", "mem");
      if (memory.isPresent() && memory.get().type() instanceof ArrayType array) {
        read.add(memory.get());
        Field base = binder.field("module_memory", "base");
        Field size = binder.field("module_memory", "size");
        for (int i = 0; i < Math.min(array.count(), 32); i++) {
          long offset = memory.get().offset() + i * array.element().size();
          parts.add(new Part(offset, base, size));
        }
      } else if (binder.optional("module", "core_layout").isPresent()) {
        for (String layout : List.of("core_layout", "init_layout")) {
          parts.add(
              new Part(
                  0,
                  binder.field("module", layout + ".base"),
                  binder.field("module", layout + ".size")));
        }
      } else {
        parts.add(
            new Part(
                0, binder.field("module", "module_core"), binder.field("module", "core_size")));
        parts.add(
            new Part(
                0, binder.field("module", "module_init"), binder.field("module", "init_size")));
      }
      if (memory.isEmpty()) {
        parts.forEach(part -> read.addAll(List.of(part.base(), part.size())));
      }
      binder.check();
      span = Span.of(read.toArray(Field[]::new));
    }
  }

  /** A contiguous range of a module's memory. */
  record Range(long start, long length) {
    boolean contains(long address) {
      return Long.compareUnsigned(address - start, length) < 0;
    }
  }

  Listing<LinuxModule> list(Budget budget) {
    List<LinuxModule> found = new ArrayList<>();
    Optional<String> broken = walk(budget, (memory, module) -> found.add(module(memory, module)));
    return new Listing<>(found, broken);
  }

  /** Receives modules. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Receives one module.
     *
     * @param memory where to read its structure
     * @param module the address of its struct module
     */
    void visit(Memory memory, long module);
  }

  /**
   * Visits the loaded modules.
   *
   * @param visitor receives each of them
   * @return where and how the list is damaged, if it is
   */
  Optional<String> walk(Budget budget, Visitor visitor) {
    Bound fields = bound.get();
    ReadAhead ahead = new ReadAhead(memory);
    return KernelList.walk(
        ahead,
        fields.head,
        "the module list",
        entry -> {
          long module = entry - fields.list.offset();
          budget.charge(fields.size);
          fields.span.fetch(ahead, module);
          if (fields.state.read(ahead, module) != UNFORMED) {
            visitor.visit(ahead, module);
          }
        });
  }

  private LinuxModule module(Memory memory, long module) {
    List<Range> ranges = memoryOf(memory, module);
    return new LinuxModule(
        nameOf(memory, module),
        ranges.get(0).start(),
        ranges.stream().mapToLong(Range::length).sum());
  }

  /** Returns the name of a module. */
  String nameOf(Memory memory, long module) {
    return memory.readString(module + bound.get().name.offset(), MAX_NAME);
  }

  /** Returns the ranges of a module's memory, its code first; a range may be empty. */
  List<Range> memoryOf(Memory memory, long module) {
    List<Range> ranges = new ArrayList<>();
    for (Part part : bound.get().parts) {
      long at = module + part.offset();
      long length = part.size().read(memory, at) & 0xffff_ffffL;
      ranges.add(new Range(part.base().read(memory, at), length));
    }
    return ranges;
  }
}
