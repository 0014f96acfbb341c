package org.vmi4j.os.linux.syscall;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.Budget;
import org.vmi4j.os.linux.task.TaskReader;

/** The task that makes a call, and what of it arguments refer to. */
final class Caller {
  private final TaskReader tasks;
  private final long task;
  private final Architecture program;
  private final Budget budget;
  private AddressSpace memory;

  Caller(TaskReader tasks, long task, Architecture program, Budget budget) {
    this.tasks = tasks;
    this.task = task;
    this.program = program;
    this.budget = budget;
  }

  /** The architecture of its program. */
  Architecture program() {
    return program;
  }

  /**
   * The memory of its program.
   *
   * @throws VmiException if it has none, or its page tables are not found
   */
  AddressSpace memory() {
    if (memory == null) {
      long mm = tasks.mm(task);
      if (mm == 0) {
        throw new MemoryFault("the task has no memory of its own", 0, 0);
      }
      memory = tasks.addressSpace(mm).withPointerSize(program.pointerSize());
    }
    return memory;
  }

  /**
   * Reads bytes; fewer if what follows is not there, but at least one.
   *
   * @throws MemoryFault if the first one is not there
   */
  byte[] bytes(long address, int length) {
    budget.charge(length);
    byte[] bytes = new byte[length];
    int got = memory().readAvailable(address, bytes, 0, length);
    if (got == 0 && length > 0) {
      memory().readByte(address);
    }
    return got == length ? bytes : Arrays.copyOf(bytes, got);
  }

  /**
   * Reads a string that ends with zero, in quotation marks; what is longer ends with three dots.
   *
   * @throws MemoryFault if memory ends before the string does
   */
  String string(long address, int most) {
    byte[] bytes = new byte[most];
    int got = memory().readAvailable(address, bytes, 0, most);
    int length = 0;
    while (length < got && bytes[length] != 0) {
      length++;
    }
    if (length == got && got < most) {
      memory().readByte(address + got);
    }
    budget.chargeText(length);
    String text = quoted(new String(bytes, 0, length, StandardCharsets.UTF_8));
    return length < most ? text : text + "...";
  }

  /** Puts a text in quotation marks. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** The path of one of its open files; nothing if there is none of that number. */
  Optional<String> file(int fd) {
    try {
      return tasks.filePath(task, fd, budget);
    } catch (MemoryFault e) {
      return Optional.empty();
    }
  }
}
