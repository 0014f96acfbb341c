package org.vmi4j.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The operations of a machine: a log of those that took place, in order, and the faults that a test
 * injects into later ones. Safe for use by several threads.
 */
public final class Operations {
  private final List<Operation> log = new ArrayList<>();
  private final Map<Operation.Kind, Fault> faults = new EnumMap<>(Operation.Kind.class);
  private final Map<Operation.Kind, Duration> delays = new EnumMap<>(Operation.Kind.class);

  /** Creates an empty log without faults. */
  public Operations() {}

  private record Fault(int countdown, Supplier<? extends RuntimeException> error) {}

  /** The operations so far, in the order in which they began; those that failed are included. */
  public synchronized List<Operation> all() {
    return List.copyOf(log);
  }

  /** The operations of one kind so far, in the order in which they began. */
  public synchronized List<Operation> of(Operation.Kind kind) {
    return log.stream().filter(operation -> operation.kind() == kind).toList();
  }

  /** Empties the log. Faults and delays stay. */
  public synchronized void clear() {
    log.clear();
  }

  /**
   * Makes one later operation fail. A fault that was injected for the same kind before and has not
   * happened yet is replaced.
   *
   * @param kind which operations to count
   * @param nth which of the following ones fails, counted from 1
   * @param error makes what it throws
   * @throws IllegalArgumentException if {@code nth} is less than 1
   */
  public synchronized Operations fail(
      Operation.Kind kind, int nth, Supplier<? extends RuntimeException> error) {
    if (nth < 1) {
      throw new IllegalArgumentException("operations are counted from 1, not " + nth);
    }
    faults.put(kind, new Fault(nth, error));
    return this;
  }

  /** Makes every later operation of a kind take at least so long. */
  public synchronized Operations delay(Operation.Kind kind, Duration delay) {
    delays.put(kind, delay);
    return this;
  }

  /**
   * Logs an operation, waits if operations of its kind are delayed, and fails if this one is to.
   * Doubles of a machine's other capabilities call it too, so that one log has all in order.
   */
  public void perform(Operation.Kind kind, long subject) {
    Duration delay;
    RuntimeException error = null;
    synchronized (this) {
      log.add(new Operation(kind, subject));
      delay = delays.getOrDefault(kind, Duration.ZERO);
      Fault fault = faults.remove(kind);
      if (fault != null && fault.countdown() == 1) {
        error = fault.error().get();
      } else if (fault != null) {
        faults.put(kind, new Fault(fault.countdown() - 1, fault.error()));
      }
    }
    long end = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    if (error != null) {
      throw error;
    }
  }

  @Override
  public synchronized String toString() {
    return log.toString();
  }
}
