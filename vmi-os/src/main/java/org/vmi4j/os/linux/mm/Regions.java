package org.vmi4j.os.linux.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.AddressSet;
import org.vmi4j.os.Backing;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.Rights;
import org.vmi4j.os.linux.container.MapleTree;
import org.vmi4j.os.linux.fs.Paths;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** The regions of a process: in a maple tree since 6.1, in a list before. */
public final class Regions {
  private static final String NAME = "the list of regions";
  private static final int MAX_NAME = 64;
  private static final long READ = 1;
  private static final long WRITE = 2;
  private static final long EXECUTE = 4;
  private static final long SHARED = 8;

  private final Memory memory;
  private final long pageSize;
  private final Paths paths;
  private final Optional<Field> tree;
  private final MapleTree maple;
  private final Field first;
  private final Field next;
  private final long size;
  private final Field start;
  private final Field end;
  private final Field flags;
  private final Field pageOffset;
  private final Field file;
  private final Field ops;
  private final Field privateData;
  private final Field stack;
  private final Field heapStart;
  private final Field heapEnd;
  private final Optional<Field> opsName;
  private final OptionalLong nameOfSpecial;
  private final Optional<Field> specialName;

  public Regions(Kernel kernel, Binder binder, Paths paths) {
    this.memory = kernel.addressSpace();
    this.pageSize = kernel.addressSpace().mode().pageSize();
    this.paths = paths;
    tree = binder.optional("mm_struct", "mm_mt");
    maple = tree.isPresent() ? new MapleTree(memory, binder) : null;
    first = tree.isPresent() ? null : binder.field("mm_struct", "mmap");
    next = tree.isPresent() ? null : binder.field("vm_area_struct", "vm_next");
    size = binder.size("vm_area_struct");
    start = binder.field("vm_area_struct", "vm_start");
    end = binder.field("vm_area_struct", "vm_end");
    flags = binder.field("vm_area_struct", "vm_flags");
    pageOffset = binder.field("vm_area_struct", "vm_pgoff");
    file = binder.field("vm_area_struct", "vm_file");
    ops = binder.field("vm_area_struct", "vm_ops");
    privateData = binder.field("vm_area_struct", "vm_private_data");
    stack = binder.field("mm_struct", "start_stack");
    heapStart = binder.field("mm_struct", "start_brk");
    heapEnd = binder.field("mm_struct", "brk");
    opsName = binder.optional("vm_operations_struct", "name");
    nameOfSpecial = kernel.profile().symbols().address("special_mapping_name");
    specialName = binder.optional("vm_special_mapping", "name");
  }

  /**
   * Lists the regions of an mm_struct.
   *
   * @param budget what the answer may hold; regions and their names are charged
   */
  public Listing<MemoryRegion> list(long mm, Budget budget) {
    List<MemoryRegion> found = new ArrayList<>();
    LongConsumer region =
        vma -> {
          budget.charge(size);
          found.add(region(mm, vma, budget));
        };
    Optional<String> broken =
        tree.isPresent()
            ? maple.walk(mm + tree.get().offset(), NAME, region)
            : walkList(mm, region);
    return new Listing<>(found, broken);
  }

  private Optional<String> walkList(long mm, LongConsumer region) {
    AddressSet seen = new AddressSet();
    try {
      for (long vma = first.read(memory, mm); vma != 0; vma = next.read(memory, vma)) {
        if (!seen.add(vma)) {
          return Optional.of(NAME + " runs in a circle at 0x" + Long.toHexString(vma));
        }
        region.accept(vma);
      }
      return Optional.empty();
    } catch (MemoryFault | BudgetExceededException e) {
      return Optional.of(NAME + " breaks: " + e.getMessage());
    }
  }

  private MemoryRegion region(long mm, long vma, Budget budget) {
    long bits = flags.read(memory, vma);
    long from = start.read(memory, vma);
    long to = end.read(memory, vma);
    long mapped = file.read(memory, vma);
    return new MemoryRegion(
        from,
        to,
        new Rights((bits & READ) != 0, (bits & WRITE) != 0, (bits & EXECUTE) != 0),
        (bits & SHARED) != 0,
        mapped == 0
            ? special(mm, vma, from, to)
            : new Backing.File(name(mapped, budget), pageOffset.read(memory, vma) * pageSize));
  }

  private String name(long mapped, Budget budget) {
    try {
      return paths.ofFile(mapped, budget);
    } catch (MemoryFault e) {
      return "[unreadable file]";
    }
  }

  /** Returns whether the kernel created a mapping itself: mm/mmap.c names all of those alike. */
  private boolean isSpecial(long vma) {
    if (opsName.isEmpty() || nameOfSpecial.isEmpty()) {
      return false;
    }
    long operations = ops.read(memory, vma);
    try {
      return operations != 0 && opsName.get().read(memory, operations) == nameOfSpecial.getAsLong();
    } catch (MemoryFault e) {
      return false;
    }
  }

  /** Returns the special name in brackets, by the rules of fs/proc/task_mmu.c. */
  private Backing special(long mm, long vma, long from, long to) {
    if (specialName.isPresent() && isSpecial(vma)) {
      try {
        long mapping = privateData.read(memory, vma);
        return new Backing.Special(
            memory.readString(specialName.get().read(memory, mapping), MAX_NAME));
      } catch (MemoryFault e) {
        return new Backing.Special("[unreadable name]");
      }
    }
    if (from <= heapEnd.read(memory, mm) && to >= heapStart.read(memory, mm)) {
      return new Backing.Special("[heap]");
    }
    long top = stack.read(memory, mm);
    return from <= top && to >= top ? new Backing.Special("[stack]") : new Backing.Anonymous();
  }
}
