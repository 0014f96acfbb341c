package org.vmi4j.events;

import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.vmi4j.api.VmiException;

/**
 * Sees that one thread at a time owns the channel and all that hangs on it. The thread that runs
 * the loop owns it; work of other threads is posted to it, or done at once while no loop runs.
 */
final class LoopOwner {
  private static final long MOMENT = 10_000;

  private final AtomicBoolean looping = new AtomicBoolean();
  private final AtomicReference<Thread> owner = new AtomicReference<>();
  private final ConcurrentLinkedQueue<FutureTask<?>> posted = new ConcurrentLinkedQueue<>();
  private final Runnable wakeUp;

  /**
   * @param wakeUp lets the owner look for work
   */
  LoopOwner(Runnable wakeUp) {
    this.wakeUp = wakeUp;
  }

  boolean isOwnedByMe() {
    return owner.get() == Thread.currentThread();
  }

  /**
   * Makes the calling thread the one that runs the loop, and the owner, until {@link #endLoop}.
   * Waits for one that only does some work as the owner.
   *
   * @return false if another thread runs the loop
   */
  boolean beginLoop() {
    if (!looping.compareAndSet(false, true)) {
      return false;
    }
    while (!acquire()) {
      LockSupport.parkNanos(MOMENT);
    }
    return true;
  }

  void endLoop() {
    looping.set(false);
    release();
  }

  private boolean acquire() {
    return owner.compareAndSet(null, Thread.currentThread());
  }

  /** Ends the ownership, after what was posted is done. */
  private void release() {
    do {
      runPosted();
      owner.set(null);
      // What was posted before the owner was gone, by a thread that counts on it, is done here.
    } while (!posted.isEmpty() && acquire());
  }

  /** Does what other threads posted; called by the owner. */
  void runPosted() {
    for (FutureTask<?> task = posted.poll(); task != null; task = posted.poll()) {
      task.run();
    }
  }

  /** Does work as the owner, and returns its result. */
  <T> T call(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (isOwnedByMe()) {
      task.run();
    } else {
      posted.add(task);
      if (acquire()) {
        release();
      } else {
        wakeUp.run();
      }
    }
    return result(task);
  }

  private static <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new VmiException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
