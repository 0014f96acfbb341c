package org.vmi4j.os.linux.detect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Progress;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Types;
import org.vmi4j.profiles.kallsyms.KallsymsFinder;
import org.vmi4j.profiles.kallsyms.KallsymsTables;

/**
 * The image of a running kernel, contiguous in virtual memory, and what can be recognised in it by
 * content alone.
 */
final class KernelImage {
  private static final long MAX_SIZE = 256 << 20;
  private static final int CHUNK = 1 << 16;
  private static final int MAX_MODULE_NAME = 56;
  private static final int MAX_BANNER = 512;

  /** struct btf_header up to its length: magic, version 1, no flags, 24 (uapi/linux/btf.h). */
  private static final BytePattern BTF = BytePattern.ofHex("9feb010018000000");

  private static final int BTF_HEAD = 24;

  private final LinuxArch arch;
  private final AddressSpace space;
  private final long start;

  /**
   * @param arch the kernel's architecture
   * @param space the kernel's address space
   * @param start the address of its code, {@code _stext}
   */
  KernelImage(LinuxArch arch, AddressSpace space, long start) {
    this.arch = arch;
    this.space = space;
    this.start = start;
  }

  /** A range of addresses. */
  record Range(long start, long length) {}

  /** Finds the tables of kallsyms by their structure. */
  Optional<KallsymsTables> kallsyms(Progress progress) {
    return KallsymsFinder.find(space, start, MAX_SIZE, space.pointerSize(), progress);
  }

  /** Finds the kernel's BTF; its header states its length. */
  Optional<Range> btf() {
    Range[] found = new Range[1];
    search(
        BTF,
        at -> {
          ByteBuffer head =
              ByteBuffer.wrap(space.readBytes(at, BTF_HEAD)).order(ByteOrder.LITTLE_ENDIAN);
          long types =
              Integer.toUnsignedLong(head.getInt(8)) + Integer.toUnsignedLong(head.getInt(12));
          long strings =
              Integer.toUnsignedLong(head.getInt(16)) + Integer.toUnsignedLong(head.getInt(20));
          long length = BTF_HEAD + Math.max(types, strings);
          // Drivers embed small BTF sections for their BPF programs; the kernel's is megabytes
          // long.
          if (found[0] == null || length > found[0].length()) {
            found[0] = new Range(at, length);
          }
          return true;
        });
    return Optional.ofNullable(found[0]);
  }

  /**
   * Finds the banner, the line that the kernel prints first. A copy linked before the build number
   * was known is skipped.
   */
  OptionalLong banner() {
    return first(
        BytePattern.ofText("Linux version "),
        at -> space.readString(at, MAX_BANNER).matches(".* \\d.* #\\d.*\\R?") ? at : 0);
  }

  /** Finds the first task: named swapper, process ID 0, its own parent, on a consistent list. */
  OptionalLong initTask(Types types) {
    Optional<Field> comm = field(types, "task_struct", "comm");
    Optional<Field> pid = field(types, "task_struct", "pid");
    Optional<Field> parent = field(types, "task_struct", "real_parent");
    Optional<Field> tasks = field(types, "task_struct", "tasks");
    if (comm.isEmpty() || pid.isEmpty() || parent.isEmpty() || tasks.isEmpty()) {
      return OptionalLong.empty();
    }
    return first(
        BytePattern.ofText("swapper"),
        at -> {
          long task = at - comm.get().offset();
          long list = task + tasks.get().offset();
          boolean is =
              space.readInt(task + pid.get().offset()) == 0
                  && space.readPointer(task + parent.get().offset()) == task
                  && space.readPointer(space.readPointer(list) + space.pointerSize()) == list;
          return is ? task : 0;
        });
  }

  /**
   * Finds the head of the list of modules: two pointers to structures outside the image that point
   * back and are modules, each of which holds its own address.
   */
  OptionalLong modules(Types types) {
    Optional<Field> list = field(types, "module", "list");
    Optional<Field> name = field(types, "module", "name");
    Optional<Field> self = field(types, "module", "mkobj.mod");
    if (list.isEmpty() || name.isEmpty() || self.isEmpty()) {
      return OptionalLong.empty();
    }
    long[] found = new long[1];
    int word = space.pointerSize();
    byte[] bytes = new byte[CHUNK];
    space.forEachPage(
        start,
        start + MAX_SIZE - 1,
        (va, pa, length) -> {
          for (long at = va; at < va + length && found[0] == 0; at += CHUNK) {
            int got = space.readAvailable(at, bytes, 0, (int) Math.min(CHUNK, va + length - at));
            ByteBuffer words = ByteBuffer.wrap(bytes, 0, got).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i <= got - 2 * word && found[0] == 0; i += word) {
              long next = word == Long.BYTES ? words.getLong(i) : words.getInt(i) & 0xffff_ffffL;
              if (arch.isKernelAddress(next)
                  && next % word == 0
                  && Long.compareUnsigned(next - start, MAX_SIZE) >= 0
                  && isModule(next, at + i, list.get(), name.get(), self.get())) {
                found[0] = at + i;
              }
            }
          }
          return found[0] == 0;
        });
    return found[0] == 0 ? OptionalLong.empty() : OptionalLong.of(found[0]);
  }

  private boolean isModule(long node, long head, Field list, Field name, Field self) {
    try {
      long module = node - list.offset();
      return space.readPointer(node + space.pointerSize()) == head
          && space.readPointer(module + self.offset()) == module
          && space.readString(module + name.offset(), MAX_MODULE_NAME).matches("[\\w-]+");
    } catch (MemoryFault e) {
      return false;
    }
  }

  private static Optional<Field> field(Types types, String type, String path) {
    return types.struct(type).flatMap(struct -> struct.field(path));
  }

  /** Maps an occurrence to an address, or to 0 if it is not a match. */
  private interface Check {
    long of(long at);
  }

  private OptionalLong first(BytePattern pattern, Check check) {
    long[] found = new long[1];
    search(
        pattern,
        at -> {
          found[0] = check.of(at);
          return found[0] == 0;
        });
    return found[0] == 0 ? OptionalLong.empty() : OptionalLong.of(found[0]);
  }

  /** Searches the image; an occurrence that leads to memory that is not present is skipped. */
  private void search(BytePattern pattern, BytePattern.Visitor visitor) {
    pattern.search(
        space,
        start,
        start + MAX_SIZE,
        Progress.NONE,
        at -> {
          try {
            return visitor.found(at);
          } catch (MemoryFault e) {
            return true;
          }
        });
  }
}
