package org.vmi4j.os.linux.task;

import java.util.concurrent.TimeUnit;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.linux.arch.CurrentTask;

/**
 * Finds the process whose page tables a processor uses: the first thread of it, since all threads
 * share them. A kernel thread uses those of the process before it.
 */
final class TableTask {
  private static final int PLACES = 256;

  /** How long a root that no process has is not looked for again: it takes a walk of them all. */
  private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(50);

  private final TaskReader tasks;
  private final CurrentTask shape;

  /** What was found for the roots that were met last; each is checked before it is used again. */
  private final long[] roots = new long[PLACES];

  private final long[] found = new long[PLACES];

  /** Until when a root that no process had is taken to be of none. */
  private final long[] missedUntil = new long[PLACES];

  TableTask(TaskReader tasks, CurrentTask shape) {
    this.tasks = tasks;
    this.shape = shape;
  }

  /** Returns the address of the task_struct; 0 if no process is known to use the tables. */
  long of(EventRegisters registers) {
    return registers.has(shape.table()) ? of(registers.get(shape.table())) : 0;
  }

  /** Returns the same for a value of the register that holds the root. */
  long of(long table) {
    long root = table & shape.rootMask();
    int place = (int) (root >>> 12) & PLACES - 1;
    boolean known = roots[place] == root;
    if (known && found[place] != 0 && uses(found[place], root)) {
      return found[place];
    }
    long now = System.nanoTime();
    if (known && found[place] == 0 && now - missedUntil[place] < 0) {
      return 0;
    }
    roots[place] = root;
    found[place] = search(root);
    missedUntil[place] = now + PATIENCE;
    return found[place];
  }

  /**
   * Searches all processes. Without page-table isolation, a root with the bit of the user's tables
   * is that of another process than the root without it.
   */
  private long search(long root) {
    long[] best = new long[2];
    tasks.processes(
        tasks.newBudget(),
        (task, id, name) -> {
          long table = root(task);
          if (table == root) {
            best[0] = task;
          } else if (table != 0 && table == (root & ~shape.userTable())) {
            best[1] = task;
          }
          return task;
        });
    return best[0] != 0 ? best[0] : best[1];
  }

  private boolean uses(long task, long root) {
    long table = root(task);
    return table != 0 && (table == root || table == (root & ~shape.userTable()));
  }

  private long root(long task) {
    try {
      long mm = tasks.mm(task);
      return mm == 0 ? 0 : tasks.root(mm);
    } catch (MemoryFault e) {
      return 0;
    }
  }
}
