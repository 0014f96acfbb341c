package org.vmi4j.xen.lib;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.vmi4j.api.VmiException;

/** A handle of a C library: many threads may use it, and it is closed when none does. */
public final class Handle {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final String name;
  private final long value;
  private boolean open = true;

  public Handle(String name, long value) {
    this.name = name;
    this.value = value;
  }

  /**
   * Makes a call with the handle. What the call leaves in errno is still there afterwards.
   *
   * @throws VmiException if it is closed
   */
  public long use(LongUnaryOperator call) {
    lock.readLock().lock();
    try {
      if (!open) {
        throw new VmiException("the connection to " + name + " is closed; open the machine again");
      }
      return call.applyAsLong(value);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Closes the handle, once. */
  public void close(LongConsumer closer) {
    lock.writeLock().lock();
    try {
      if (open) {
        open = false;
        closer.accept(value);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
