package org.vmi4j.shell.hostile;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.vmi4j.shell.ShellLine;
import org.vmi4j.shell.session.Session;

/**
 * Runs the commands of the shell in one JVM and one session, each within a budget, and says what
 * was wrong with each: it took too long or too much memory, failed by anything but an error for its
 * user, or printed bytes that take over a terminal.
 */
final class GuardedShell implements AutoCloseable {
  private static final long LOOK_MILLISECONDS = 20;
  private static final long GRACE_SECONDS = 30;
  private static final Pattern STACK_TRACE = Pattern.compile("(?m)^\\s+at .*\\(.*\\)$");

  /** How much longer than its time on a processor a command may take on a machine that is busy. */
  private static final int WAITING = 6;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

  private final Screen out = new Screen();
  private final Screen err = new Screen();
  private final Session session =
      new Session(
          new PrintStream(out, false, StandardCharsets.UTF_8),
          new PrintStream(err, true, StandardCharsets.UTF_8));
  private final ExecutorService worker = Executors.newSingleThreadExecutor(this::thread);
  private Thread thread;

  private Thread thread(Runnable work) {
    thread = new Thread(work, "command");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * How a command went.
   *
   * @param command the command as typed
   * @param code its exit code, -1 if it returned none
   * @param out the beginning of its output
   * @param err the beginning of its messages
   * @param faults what was wrong with it
   */
  record Run(String command, int code, String out, String err, List<String> faults) {}

  /** Runs a command. One that exceeds its budget is interrupted. */
  Run run(Budget budget, String... arguments) {
    out.clear();
    err.clear();
    List<String> faults = new ArrayList<>();
    long heap = used();
    Future<Integer> result = worker.submit(() -> execute(arguments));
    int code = await(result, heap, budget, faults);
    if (STACK_TRACE.matcher(err.text()).find()) {
      faults.add("failed by an exception that is not for its user");
    }
    if (!out.control().isEmpty() || !err.control().isEmpty()) {
      faults.add("printed a control character: " + out.control() + err.control());
    }
    return new Run(String.join(" ", arguments), code, out.text(), err.text(), faults);
  }

  private int execute(String... arguments) {
    int code = ShellLine.execute(session, arguments);
    session.out().flush();
    return code;
  }

  private int await(Future<Integer> result, long heap, Budget budget, List<String> faults) {
    long begin = System.nanoTime();
    long processor = processorTime();
    try {
      while (faults.isEmpty()) {
        try {
          return result.get(LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          boolean late = System.nanoTime() - begin > WAITING * budget.time().toNanos();
          if (late || processorTime() - processor > budget.time().toNanos()) {
            faults.add("took more than " + budget.time().toMillis() + " ms" + whereItIs());
          } else if (used() - heap > budget.heap() && live() - heap > budget.heap()) {
            faults.add("took more than " + (budget.heap() >> 20) + " MiB of memory" + whereItIs());
          }
        }
      }
      result.cancel(true);
      worker.submit(Thread::interrupted).get(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      faults.add("could not be interrupted" + whereItIs());
    } catch (ExecutionException e) {
      faults.add("failed by " + e.getCause() + " at " + List.of(e.getCause().getStackTrace()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return -1;
  }

  private long processorTime() {
    return THREADS.getThreadCpuTime(thread.getId());
  }

  /** Where the command is at this moment, in our own code. */
  private String whereItIs() {
    return Stream.of(thread.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("org.vmi4j"))
        .limit(6)
        .map(frame -> "\n      in " + frame)
        .reduce("", String::concat);
  }

  private static long used() {
    return MEMORY.getHeapMemoryUsage().getUsed();
  }

  /** What is left of the heap after a collection. */
  private static long live() {
    MEMORY.gc();
    return used();
  }

  @Override
  public void close() {
    worker.shutdownNow();
    session.close();
  }
}
