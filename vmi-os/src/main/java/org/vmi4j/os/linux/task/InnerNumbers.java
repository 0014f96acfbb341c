package org.vmi4j.os.linux.task;

import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * The process IDs of tasks in their own PID namespaces (include/linux/pid.h): a struct pid has one
 * process ID for each namespace from the outermost one, level 0, to the task's own. Kernels before
 * 4.19 keep a task's struct pid elsewhere; there its outermost number is returned.
 */
final class InnerNumbers {
  /** MAX_PID_NS_LEVEL of kernel/pid_namespace.c. */
  private static final long MAX_LEVEL = 32;

  private final Memory memory;
  private final Optional<Field> pid;
  private final Optional<Field> level;
  private final Optional<Field> numbers;
  private final Optional<Field> number;
  private final Optional<Field> namespace;
  private final long size;

  InnerNumbers(Kernel kernel, Memory memory) {
    this.memory = memory;
    Binder binder = kernel.profile().binder();
    pid = binder.optional("task_struct", "thread_pid");
    level = binder.optional("pid", "level");
    numbers = binder.optional("pid", "numbers");
    number = binder.optional("upid", "nr");
    namespace = binder.optional("upid", "ns");
    size = kernel.profile().types().struct("upid").map(upid -> upid.size()).orElse(0L);
  }

  private boolean isBound() {
    return pid.isPresent()
        && level.isPresent()
        && numbers.isPresent()
        && number.isPresent()
        && namespace.isPresent();
  }

  /** Returns a task's process ID in its own namespace. */
  int innerId(long task, int outer) {
    return idAsSeenBy(task, task, outer);
  }

  /**
   * Returns the process ID of another task in the namespace of a task, 0 if it is not visible
   * there.
   */
  int idAsSeenBy(long task, long other, int outer) {
    if (!isBound()) {
      return outer;
    }
    long own = pid.get().read(memory, task);
    long seen = pid.get().read(memory, other);
    if (own == 0 || seen == 0) {
      return 0;
    }
    long depth = level.get().read(memory, own) & 0xffff_ffffL;
    if (depth > MAX_LEVEL || (level.get().read(memory, seen) & 0xffff_ffffL) < depth) {
      return 0;
    }
    long mine = entry(own, depth);
    long its = entry(seen, depth);
    return namespace.get().read(memory, mine) == namespace.get().read(memory, its)
        ? (int) number.get().read(memory, its)
        : 0;
  }

  private long entry(long struct, long depth) {
    return struct + numbers.get().offset() + depth * size;
  }
}
