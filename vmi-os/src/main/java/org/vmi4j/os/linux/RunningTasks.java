package org.vmi4j.os.linux;

import java.util.Optional;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.linux.task.CurrentTasks;
import org.vmi4j.os.linux.task.TaskName;
import org.vmi4j.os.linux.task.TaskReader;

/**
 * Tells which task a processor executes. On x86-64 it is the one in the per-CPU variables of the
 * kernel; on AArch64 the one in SP_EL0 while the processor executes the kernel, and in the per-CPU
 * variables otherwise. Where the kernel's symbols lack these variables, it is the first thread of
 * the process whose page tables the processor uses.
 *
 * <p>During a context switch it is the task that leaves, until the kernel has changed the variable.
 *
 * <p>Meant for each event: it reads a few words of the guest, and returns the same objects again as
 * long as those words do not change. Not safe for use by several threads; each may have its own.
 */
public final class RunningTasks {
  private static final int PLACES = 1024;
  private static final int SHIFT = 6;

  private final CurrentTasks current;
  private final TaskReader tasks;
  private final Known[] known = new Known[PLACES];

  RunningTasks(CurrentTasks current, TaskReader tasks) {
    this.current = current;
    this.tasks = tasks;
  }

  /**
   * Returns the task in which an event happened. If its processor did not wait ({@link
   * Event#isWaiting}), only the page tables that the event names are used, since the kernel's
   * variables may have changed since.
   *
   * @return the task; empty if it cannot be told, in a guest that damaged its structures, for
   *     example
   */
  public Optional<RunningTask> of(Event event) {
    return describe(current.find(event.vcpu(), event.registers(), event.isWaiting()));
  }

  /**
   * Returns the task that a processor executes.
   *
   * @param vcpu the number of the processor, from 0
   * @param registers those of the processor, or some of them, at this moment
   * @return the task; empty if it cannot be told
   */
  public Optional<RunningTask> of(int vcpu, EventRegisters registers) {
    return describe(current.find(vcpu, registers, true));
  }

  /**
   * Returns the first thread of the process that uses page tables.
   *
   * @param table a value of the register that holds their root: CR3, or TTBR0_EL1 on AArch64
   * @return the task; empty if no process is known to use them
   */
  public Optional<RunningTask> using(long table) {
    return describe(current.using(table));
  }

  private Optional<RunningTask> describe(long task) {
    if (task == 0) {
      return Optional.empty();
    }
    int place = (int) (task >>> SHIFT ^ task >>> 2 * SHIFT) & PLACES - 1;
    try {
      if (known[place] == null || !known[place].isStill(task, tasks)) {
        known[place] = Known.read(task, tasks);
      }
      return known[place].answer;
    } catch (MemoryFault e) {
      return Optional.empty();
    }
  }

  /** An answer, with the words of the guest that it was made of. */
  private record Known(
      long task, long leader, Words own, Words leading, Optional<RunningTask> answer) {

    static Known read(long task, TaskReader tasks) {
      long leader = tasks.leader(task);
      Words own = Words.read(task, tasks);
      Words leading = Words.read(leader, tasks);
      RunningTask answer =
          new RunningTask(task, own.id, own.name(), tasks.processId(task), leading.name());
      return new Known(task, leader, own, leading, Optional.of(answer));
    }

    boolean isStill(long wanted, TaskReader tasks) {
      return task == wanted
          && tasks.leader(task) == leader
          && tasks.processId(task) == answer.get().processId()
          && own.areStill(task, tasks)
          && (leader == task || leading.areStill(leader, tasks));
    }
  }

  /** The ID and the name of a task. */
  private record Words(int id, long nameStart, long nameEnd) {
    static Words read(long task, TaskReader tasks) {
      return new Words(tasks.id(task), tasks.nameStart(task), tasks.nameEnd(task));
    }

    boolean areStill(long task, TaskReader tasks) {
      return tasks.id(task) == id
          && tasks.nameStart(task) == nameStart
          && tasks.nameEnd(task) == nameEnd;
    }

    String name() {
      return TaskName.text(nameStart, nameEnd);
    }
  }
}
