package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.internal.Lazy;
import org.vmi4j.os.linux.container.KernelList;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

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

  Modules(Kernel kernel) {
    this.memory = kernel.addressSpace();
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

    Bound(Kernel kernel) {
      Binder binder = kernel.profile().binder();
      head = binder.symbol("modules");
      size = binder.size("module");
      list = binder.field("module", "list");
      name = binder.field("module", "name");
      state = binder.field("module", "state");
      Optional<Field> memory = binder.optional("module", "mem");
      if (memory.isPresent() && memory.get().type() instanceof ArrayType array) {
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
      binder.check();
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
    Optional<String> broken = walk(budget, module -> found.add(module(module)));
    return new Listing<>(found, broken);
  }

  /**
   * Visits the loaded modules.
   *
   * @param visitor receives the address of each struct module
   * @return where and how the list is damaged, if it is
   */
  Optional<String> walk(Budget budget, LongConsumer visitor) {
    Bound fields = bound.get();
    return KernelList.walk(
        memory,
        fields.head,
        "the module list",
        entry -> {
          long module = entry - fields.list.offset();
          budget.charge(fields.size);
          if (fields.state.read(memory, module) != UNFORMED) {
            visitor.accept(module);
          }
        });
  }

  private LinuxModule module(long module) {
    List<Range> ranges = memoryOf(module);
    return new LinuxModule(
        nameOf(module), ranges.get(0).start(), ranges.stream().mapToLong(Range::length).sum());
  }

  /** Returns the name of a module. */
  String nameOf(long module) {
    return memory.readString(module + bound.get().name.offset(), MAX_NAME);
  }

  /** Returns the ranges of a module's memory, its code first; a range may be empty. */
  List<Range> memoryOf(long module) {
    List<Range> ranges = new ArrayList<>();
    for (Part part : bound.get().parts) {
      long at = module + part.offset();
      long length = part.size().read(memory, at) & 0xffff_ffffL;
      ranges.add(new Range(part.base().read(memory, at), length));
    }
    return ranges;
  }
}
