package org.vmi4j.os.linux.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadAhead;
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
import org.vmi4j.profiles.Span;

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
  private final Span ofRegion;
  private final Span ofProcess;

  /**
   * Binds the members of regions.
   *
   * @param memory the kernel's memory
   * @param binder finds the members, and collects those that the profile lacks
   * @param paths finds the paths of mapped files
   */
  public Regions(Kernel kernel, Memory memory, Binder binder, Paths paths) {
    this.memory = memory;
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
    Field last = tree.isPresent() ? start : next;
    ofRegion = Span.of(start, end, flags, pageOffset, file, ops, privateData, last);
    ofProcess = Span.of(stack, heapStart, heapEnd);
  }

  /**
   * Lists the regions of an mm_struct.
   *
   * @param budget what the answer may hold; regions and their names are charged
   */
  public Listing<MemoryRegion> list(long mm, Budget budget) {
    Reading reading = new Reading(mm, budget);
    Optional<String> broken =
        tree.isPresent()
            ? maple.walkLeaves(mm + tree.get().offset(), NAME, reading::addAll)
            : walkList(reading);
    return new Listing<>(reading.found, broken);
  }

  private Optional<String> walkList(Reading reading) {
    AddressSet seen = new AddressSet();
    try {
      long vma = first.read(memory, reading.mm);
      while (vma != 0) {
        if (!seen.add(vma)) {
          return Optional.of(NAME + " loops at 0x" + Long.toHexString(vma));
        }
        reading.addAll(vma);
        vma = next.read(reading.regions, vma);
      }
      return Optional.empty();
    } catch (MemoryFault | BudgetExceededException e) {
      return Optional.of(NAME + " ends early: " + e.getMessage());
    }
  }

  /** The reading of one process's regions. */
  private final class Reading {
    final List<MemoryRegion> found = new ArrayList<>();
    final long mm;
    final Budget budget;
    final ReadAhead process = new ReadAhead(memory);
    final ReadAhead regions = new ReadAhead(memory);
    final ReadAhead files = new ReadAhead(memory);

    Reading(long mm, Budget budget) {
      this.mm = mm;
      this.budget = budget;
      ofProcess.fetch(process, mm);
    }

    /** Adds some regions, which are read in one batch, as are their files. */
    void addAll(long... vmas) {
      regions.clear();
      for (long vma : vmas) {
        ofRegion.add(regions, vma);
      }
      regions.fetch();
      files.clear();
      for (long vma : vmas) {
        if (regions.has(vma + file.offset(), memory.pointerSize())) {
          paths.addFile(files, file.read(regions, vma));
        }
      }
      files.fetch();
      for (long vma : vmas) {
        budget.charge(size);
        found.add(region(vma));
      }
    }

    private MemoryRegion region(long vma) {
      long bits = flags.read(regions, vma);
      long from = start.read(regions, vma);
      long to = end.read(regions, vma);
      long mapped = file.read(regions, vma);
      return new MemoryRegion(
          from,
          to,
          new Rights((bits & READ) != 0, (bits & WRITE) != 0, (bits & EXECUTE) != 0),
          (bits & SHARED) != 0,
          mapped == 0
              ? special(vma, from, to)
              : new Backing.File(name(mapped), pageOffset.read(regions, vma) * pageSize));
    }

    private String name(long mapped) {
      try {
        return paths.ofFile(files, mapped, budget);
      } catch (MemoryFault e) {
        return "[unreadable file]";
      }
    }

    /** Returns whether the kernel created a mapping itself: mm/mmap.c names all of those alike. */
    private boolean isSpecial(long vma) {
      if (opsName.isEmpty() || nameOfSpecial.isEmpty()) {
        return false;
      }
      long operations = ops.read(regions, vma);
      try {
        return operations != 0
            && opsName.get().read(memory, operations) == nameOfSpecial.getAsLong();
      } catch (MemoryFault e) {
        return false;
      }
    }

    /** Returns the special name in brackets, by the rules of fs/proc/task_mmu.c. */
    private Backing special(long vma, long from, long to) {
      if (specialName.isPresent() && isSpecial(vma)) {
        try {
          long mapping = privateData.read(regions, vma);
          return new Backing.Special(
              memory.readString(specialName.get().read(memory, mapping), MAX_NAME));
        } catch (MemoryFault e) {
          return new Backing.Special("[unreadable name]");
        }
      }
      if (from <= heapEnd.read(process, mm) && to >= heapStart.read(process, mm)) {
        return new Backing.Special("[heap]");
      }
      long top = stack.read(process, mm);
      return from <= top && to >= top ? new Backing.Special("[stack]") : new Backing.Anonymous();
    }
  }
}
