package org.vmi4j.os.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.Listing;

/**
 * A process or a thread: a task of the kernel. Its number and name are those at the moment it was
 * listed; everything else is read when asked.
 */
public final class LinuxProcess {
  private static final int NAME_LENGTH = 16;
  private static final int MAX_ARGUMENTS = 1 << 20;
  private static final int STOPPED_OR_IDLE = 0x400;
  private static final int UNINTERRUPTIBLE = 2;
  private static final int REPORTED = 0x7f;

  /**
   * The letters of ps(1) by the highest bit of the state (fs/proc/array.c, include/linux/sched.h).
   */
  private static final String STATES = "RSDTtXZP";

  private final Kernel kernel;
  private final TaskFields fields;
  private final ProcessDetails details;
  private final long address;
  private final int pid;
  private final String name;

  LinuxProcess(Kernel kernel, TaskFields fields, ProcessDetails details, long address) {
    this.kernel = kernel;
    this.fields = fields;
    this.details = details;
    this.address = address;
    this.pid = (int) fields.pid.read(kernel.addressSpace(), address);
    this.name = readName();
  }

  private String readName() {
    byte[] bytes = new byte[NAME_LENGTH];
    kernel.addressSpace().read(address + fields.comm.offset(), bytes, 0, NAME_LENGTH);
    int length = 0;
    while (length < NAME_LENGTH && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private Memory memory() {
    return kernel.addressSpace();
  }

  /** The virtual address of its task_struct. */
  public long address() {
    return address;
  }

  /** Its number; of a thread, the thread's own. */
  public int pid() {
    return pid;
  }

  /** The number of the process that it is a thread of; its own, for the first thread. */
  public int tgid() {
    return (int) fields.tgid.read(memory(), address);
  }

  /** The number of its parent process, 0 when the kernel itself started it. */
  public int ppid() {
    long parent = fields.realParent.read(memory(), address);
    return (int) fields.tgid.read(memory(), parent);
  }

  /** The number of the user that it acts for. */
  public long uid() {
    long cred = fields.cred.read(memory(), address);
    return fields.uid.read(memory(), cred) & 0xffff_ffffL;
  }

  /** The kernel's name for it, at most 15 bytes. */
  public String name() {
    return name;
  }

  /**
   * Its state as ps(1) shows it: R running, S sleeping, D in uninterruptible sleep, T stopped, t
   * traced, X dead, Z a zombie, P parked, I an idle kernel thread.
   */
  public char state() {
    int state = (int) fields.state.read(memory(), address);
    int exit = (int) fields.exitState.read(memory(), address);
    if (exit == 0 && (state & STOPPED_OR_IDLE) != 0 && (state & UNINTERRUPTIBLE) != 0) {
      return 'I';
    }
    int reported = (state | exit) & REPORTED;
    return STATES.charAt(Integer.SIZE - Integer.numberOfLeadingZeros(reported));
  }

  /** When it was started, in nanoseconds since the machine was. */
  public long startTime() {
    return fields.startTime.read(memory(), address);
  }

  /** Whether it has no memory of its own: a thread of the kernel, or one that has ended. */
  public boolean isKernelThread() {
    return mm() == 0;
  }

  private long mm() {
    return fields.mm.read(memory(), address);
  }

  /**
   * Its virtual memory.
   *
   * @throws MemoryFault if it has none; in a running machine, one that had it has ended
   */
  public AddressSpace addressSpace() {
    return kernel.addressSpace().withLowRoot(details.root(requireMm()));
  }

  private long requireMm() {
    long mm = mm();
    if (mm == 0) {
      throw new MemoryFault(
          "process "
              + pid
              + " ("
              + name
              + ") has no memory of its own: it is "
              + (state() == 'Z' ? "a zombie" : "a kernel thread, or has ended"),
          0,
          0);
    }
    return mm;
  }

  /** Its arguments, none for a kernel thread; those that cannot be read are left out. */
  public List<String> arguments() {
    long mm = mm();
    return mm == 0 ? List.of() : strings(details.arguments(mm));
  }

  /**
   * Its command line as ps(1) shows it: the arguments with spaces between them, or the name in
   * brackets for what has none.
   */
  public String command() {
    List<String> arguments = arguments();
    return arguments.isEmpty() ? "[" + name + "]" : String.join(" ", arguments);
  }

  /** Its environment, one {@code NAME=value} each, as it was when the program was started. */
  public List<String> environment() {
    long mm = mm();
    return mm == 0 ? List.of() : strings(details.environment(mm));
  }

  private List<String> strings(ProcessDetails.Range range) {
    long length = Math.min(range.end() - range.start(), MAX_ARGUMENTS);
    if (length <= 0) {
      return List.of();
    }
    byte[] bytes = new byte[(int) length];
    int got = addressSpace().readAvailable(range.start(), bytes, 0, bytes.length);
    List<String> strings = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < got; i++) {
      if (bytes[i] == 0) {
        strings.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
        start = i + 1;
      }
    }
    if (start < got) {
      strings.add(new String(bytes, start, got - start, StandardCharsets.UTF_8));
    }
    return strings;
  }

  /**
   * What the kernel told it when its program was started: pairs of longs, as
   * include/uapi/linux/auxvec.h numbers them, the last pair zero. Empty where the profile lacks it.
   */
  public byte[] auxiliaryVector() {
    return details.auxiliaryVector(requireMm());
  }

  /** The regions of its memory, in ascending order. */
  public Listing<MemoryRegion> regions() {
    return details.regions(requireMm());
  }

  /** The files that it has open, in ascending order of their numbers. */
  public Listing<OpenFile> files() {
    return details.files(address);
  }

  @Override
  public String toString() {
    return pid + " " + name;
  }
}
