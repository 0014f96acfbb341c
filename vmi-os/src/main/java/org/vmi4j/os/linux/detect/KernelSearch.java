package org.vmi4j.os.linux.detect;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Progress;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.linux.arch.LinuxX86_64;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Profile;

/**
 * Finds a kernel of which only a profile is known, by the name of its first task, "swapper/0" or
 * "swapper". The physical address of that task gives the physical KASLR offset; its pointers to
 * other variables of the kernel give the virtual offset.
 */
final class KernelSearch {
  private static final long ALIGNMENT = 1 << 12;

  /** Members of init_task that point to variables of the kernel. */
  private static final Map<String, String> POINTERS =
      Map.of(
          "fs", "init_fs", "files", "init_files", "nsproxy", "init_nsproxy", "cred", "init_cred");

  private final PhysicalMemory memory;
  private final Profile profile;
  private final Progress progress;

  KernelSearch(PhysicalMemory memory, Profile profile, Progress progress) {
    this.memory = memory;
    this.profile = profile;
    this.progress = progress;
  }

  record Found(long initTask, long virtualShift, long physicalShift, PagingMode mode, long root) {}

  Optional<Found> find() {
    Binder binder = profile.binder();
    Field comm = binder.field("task_struct", "comm");
    long initTask = binder.symbol("init_task");
    binder.check();
    Found[] found = new Found[1];
    BytePattern.ofText("swapper")
        .search(
            memory,
            0,
            memory.end(),
            progress,
            address -> {
              found[0] = check(address - comm.offset(), initTask).orElse(null);
              return found[0] == null;
            });
    return Optional.ofNullable(found[0]);
  }

  private Optional<Found> check(long candidate, long initTask) {
    OptionalLong virtualShift = virtualShift(candidate);
    if (virtualShift.isEmpty()) {
      return Optional.empty();
    }
    long physicalShift = candidate - (initTask - LinuxX86_64.KERNEL_MAP);
    OptionalLong table = profile.symbols().address("init_top_pgt");
    if (table.isEmpty()) {
      table = profile.symbols().address("init_level4_pgt");
    }
    if (table.isEmpty()) {
      return Optional.empty();
    }
    long root = table.getAsLong() - LinuxX86_64.KERNEL_MAP + physicalShift;
    long running = initTask + virtualShift.getAsLong();
    for (PagingMode mode : new PagingMode[] {PagingMode.X86_64, PagingMode.X86_64_LA57}) {
      long lookup = AddressSpace.of(memory, mode, root).lookup(running);
      if (Lookup.isMapped(lookup) && Lookup.physical(lookup) == candidate) {
        return Optional.of(
            new Found(candidate, virtualShift.getAsLong(), physicalShift, mode, root));
      }
    }
    return Optional.empty();
  }

  /** Returns the shift that at least two pointers agree on. */
  private OptionalLong virtualShift(long candidate) {
    OptionalLong agreed = OptionalLong.empty();
    int votes = 0;
    for (Map.Entry<String, String> pointer : POINTERS.entrySet()) {
      Optional<Field> field =
          profile.types().struct("task_struct").flatMap(task -> task.field(pointer.getKey()));
      OptionalLong target = profile.symbols().address(pointer.getValue());
      if (field.isEmpty() || target.isEmpty()) {
        continue;
      }
      long at = candidate + field.get().offset();
      if (!memory.isPresent(at) || !memory.isPresent(at + memory.pointerSize() - 1)) {
        return OptionalLong.empty();
      }
      long shift = memory.readPointer(at) - target.getAsLong();
      if (shift % ALIGNMENT != 0) {
        continue;
      }
      if (agreed.isPresent() && agreed.getAsLong() == shift) {
        votes++;
      } else if (votes == 0) {
        agreed = OptionalLong.of(shift);
      }
    }
    return votes > 0 ? agreed : OptionalLong.empty();
  }
}
