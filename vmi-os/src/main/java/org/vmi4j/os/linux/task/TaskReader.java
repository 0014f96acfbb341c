package org.vmi4j.os.linux.task;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadAhead;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.internal.Lazy;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.container.KernelList;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.os.linux.kernel.TaskState;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Span;

/**
 * Reads the kernel's tasks: lists them, and reads what belongs to one, given the address of its
 * task_struct or of its mm_struct. Members are bound once, those of a task's memory and files when
 * first asked for.
 */
public final class TaskReader {
  private static final int MAX_STRINGS = 1 << 20;

  /** Of include/linux/sched.h, since Linux 2.6.27. */
  private static final long PF_KTHREAD = 0x0020_0000;

  /** Half of AT_VECTOR_SIZE of Linux 6, rounded up. */
  private static final int MAX_PAIRS = 32;

  private final Kernel kernel;
  private final Memory memory;
  private final TaskFields fields;
  private final Lazy<MemoryFields> details;
  private final Lazy<UserRegisters> userRegisters;
  private final InnerNumbers numbers;

  /**
   * Binds the members of a task.
   *
   * @param memory the kernel's memory, from which its structures are read
   * @throws VmiException if the profile lacks some of them
   */
  public TaskReader(Vm vm, Kernel kernel, Memory memory) {
    this.kernel = kernel;
    this.memory = memory;
    this.fields = new TaskFields(kernel.profile());
    this.numbers = new InnerNumbers(kernel, memory);
    this.details = new Lazy<>(() -> new MemoryFields(kernel, memory));
    this.userRegisters = new Lazy<>(() -> new UserRegisters(vm, kernel));
  }

  /**
   * Makes the item of a list.
   *
   * @param <T> what it is
   */
  @FunctionalInterface
  public interface View<T> {
    /**
     * Makes an item of the address of a task_struct, and of the number and the name that the task
     * had when the list got there.
     */
    T of(long task, int id, String name);
  }

  /**
   * All processes, in the kernel's order.
   *
   * @param budget what the answer may hold; each task is charged
   * @param view makes an item of a task
   */
  public <T> Listing<T> processes(Budget budget, View<T> view) {
    return list(
        fields.initTask + fields.tasks.offset(),
        "the task list",
        fields.tasks.offset(),
        fields.ofProcess,
        budget,
        view);
  }

  /**
   * The threads of a process, the first one first.
   *
   * @param task the address of the process's task_struct
   * @param budget what the answer may hold; each task is charged
   * @param view makes an item of a task
   */
  public <T> Listing<T> threads(long task, Budget budget, View<T> view) {
    return list(
        fields.signal.read(memory, task) + fields.threadHead.offset(),
        "the thread list of process " + id(task),
        fields.threadNode.offset(),
        fields.ofThread,
        budget,
        view);
  }

  private <T> Listing<T> list(
      long head, String name, long offset, Span span, Budget budget, View<T> view) {
    List<T> found = new ArrayList<>();
    ReadAhead ahead = new ReadAhead(memory);
    Optional<String> broken =
        KernelList.walk(
            ahead,
            head,
            name,
            entry -> {
              long task = entry - offset;
              budget.charge(fields.size);
              span.fetch(ahead, task);
              found.add(view.of(task, (int) fields.pid.read(ahead, task), name(ahead, task)));
            });
    return new Listing<>(found, broken);
  }

  /** A budget for one answer about the guest. */
  public Budget newBudget() {
    return Budget.of(kernel.addressSpace().physicalMemory());
  }

  /** A task's own number. */
  public int id(long task) {
    return (int) fields.pid.read(memory, task);
  }

  /** The number of a task's thread group, its process. */
  public int processId(long task) {
    return (int) fields.tgid.read(memory, task);
  }

  /** The number of the process that is a task's parent. */
  public int parentId(long task) {
    return processId(fields.realParent.read(memory, task));
  }

  /** A task's own number in its namespace of numbers, which a container has of its own. */
  public int innerId(long task) {
    return numbers.innerId(task, id(task));
  }

  /** The number of a task's parent in the task's namespace of numbers; 0 if it has none there. */
  public int innerParentId(long task) {
    long parent = fields.realParent.read(memory, task);
    return numbers.idAsSeenBy(task, parent, id(parent));
  }

  /** The user that a task acts for. */
  public long uid(long task) {
    return fields.uid.read(memory, fields.cred.read(memory, task)) & 0xffff_ffffL;
  }

  /** The kernel's name for a task. */
  public String name(long task) {
    return name(memory, task);
  }

  private String name(Memory from, long task) {
    long at = task + fields.comm.offset();
    return TaskName.text(from.readLong(at), from.readLong(at + Long.BYTES));
  }

  /** The first eight bytes of a task's name. */
  public long nameStart(long task) {
    return memory.readLong(task + fields.comm.offset());
  }

  /** The last eight bytes of a task's name. */
  public long nameEnd(long task) {
    return memory.readLong(task + fields.comm.offset() + Long.BYTES);
  }

  /** The address of the task that leads a task's thread group. */
  public long leader(long task) {
    return fields.groupLeader.read(memory, task);
  }

  /** What a task is doing. */
  public TaskState state(long task) {
    return TaskState.of(
        (int) fields.state.read(memory, task), (int) fields.exitState.read(memory, task));
  }

  /** When a task was created, as the time since the machine was started. */
  public Duration created(long task) {
    return Duration.ofNanos(fields.startTime.read(memory, task));
  }

  /** Whether a task is a thread of the kernel. */
  public boolean isKernelThread(long task) {
    return (fields.flags.read(memory, task) & PF_KTHREAD) != 0;
  }

  /** The registers of a task in its program; nothing for what has no program or is damaged. */
  public Optional<RegisterValues> userRegisters(long task) {
    try {
      return mm(task) == 0 ? Optional.empty() : userRegisters.get().of(task);
    } catch (MemoryFault e) {
      return Optional.empty();
    }
  }

  /** The address of a task's mm_struct, 0 if it has none. */
  public long mm(long task) {
    return fields.mm.read(memory, task);
  }

  /** The address space of an mm_struct. */
  public AddressSpace addressSpace(long mm) {
    long root = root(mm);
    if (root == 0) {
      throw new VmiException(
          "the page table of the mm_struct at 0x"
              + Long.toHexString(mm)
              + " would be at 0x"
              + Long.toHexString(details.get().pgd.read(memory, mm))
              + ", which is not mapped");
    }
    return kernel.addressSpace().withLowRoot(root);
  }

  /** The physical address of the top page table of an mm_struct; 0 if it is not mapped. */
  long root(long mm) {
    AddressSpace space = kernel.addressSpace();
    long lookup = space.lookup(details.get().pgd.read(space, mm));
    return Lookup.isMapped(lookup) ? Lookup.physical(lookup) : 0;
  }

  /** The arguments in the memory of an mm_struct; what cannot be read is left out. */
  public List<String> arguments(long mm, Budget budget) {
    return strings(mm, budget, details.get().argStart, details.get().argEnd);
  }

  /** The environment in the memory of an mm_struct; what cannot be read is left out. */
  public List<String> environment(long mm, Budget budget) {
    return strings(mm, budget, details.get().envStart, details.get().envEnd);
  }

  private List<String> strings(long mm, Budget budget, Field from, Field to) {
    long start = from.read(memory, mm);
    long length = Math.min(to.read(memory, mm) - start, MAX_STRINGS);
    if (length <= 0) {
      return List.of();
    }
    budget.chargeText(length);
    byte[] bytes = new byte[(int) length];
    int got = addressSpace(mm).readAvailable(start, bytes, 0, bytes.length);
    List<String> strings = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < got; i++) {
      if (bytes[i] == 0) {
        strings.add(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
        begin = i + 1;
      }
    }
    if (begin < got) {
      strings.add(new String(bytes, begin, got - begin, StandardCharsets.UTF_8));
    }
    return strings;
  }

  /**
   * The architecture of the program in an mm_struct: the kernel's own, or the 32-bit one that the
   * kernel runs beside. Pairs of the auxiliary vector are as wide as the program's pointers; the
   * kernel numbers the first halves of pairs by less than 2^16 (include/uapi/linux/auxvec.h), so
   * that two halves of 32 bits, the second one not zero, are larger.
   */
  public Architecture architecture(long mm) {
    Architecture own = kernel.architecture();
    Optional<Field> field = details.get().auxiliaryVector;
    if (field.isEmpty() || own.pointerSize() != Long.BYTES) {
      return own;
    }
    boolean narrow = memory.readLong(mm + field.get().offset()) >>> Integer.SIZE != 0;
    return narrow ? LinuxArch.of(own).orElseThrow().narrow() : own;
  }

  /** The auxiliary vector of an mm_struct: pairs of words, up to the one of zeros. */
  public byte[] auxiliaryVector(long mm) {
    Optional<Field> field = details.get().auxiliaryVector;
    if (field.isEmpty()) {
      return new byte[0];
    }
    int word = architecture(mm).pointerSize();
    int pair = 2 * word;
    int pairs = 0;
    long at = mm + field.get().offset();
    while (pairs < MAX_PAIRS && word(at + (long) pairs * pair, word) != 0) {
      pairs++;
    }
    return memory.readBytes(at, (pairs + 1) * pair);
  }

  private long word(long at, int size) {
    return size == Long.BYTES ? memory.readLong(at) : memory.readUnsignedInt(at);
  }

  /** The regions of an mm_struct, in ascending order. */
  public Listing<MemoryRegion> regions(long mm, Budget budget) {
    return details.get().regions.list(mm, budget);
  }

  /** The files that a task has open, in ascending order of their numbers. */
  public Listing<OpenFile> files(long task, Budget budget) {
    return details.get().files.list(task, budget);
  }

  /** The path of one file that a task has open; nothing if the number is not in use. */
  public Optional<String> filePath(long task, int fd, Budget budget) {
    return details.get().files.path(task, fd, budget);
  }
}
