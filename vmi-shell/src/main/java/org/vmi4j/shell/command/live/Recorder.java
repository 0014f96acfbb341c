package org.vmi4j.shell.command.live;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.shell.session.Session;

/**
 * Writes observations in a thread of its own, each as soon as it can be. It alone uses the output
 * while it runs. If it is slower than the guest, the queue fills, and the guest waits.
 */
final class Recorder implements AutoCloseable {
  private static final int CAPACITY = 4096;
  private static final int BATCH = 256;
  private static final long LOOK_MILLISECONDS = 50;
  private static final long STATUS_NANOSECONDS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final Supplier<Row> END = Recorder::nothing;

  private final BlockingQueue<Supplier<Row>> queue = new ArrayBlockingQueue<>(CAPACITY);
  private final Session session;
  private final RecordType type;
  private final RecordSink sink;
  private final Thread thread = new Thread(this::run, "vmi-watch-output");
  private Rate rate;
  private Runnable onEnd;
  private volatile boolean ended;
  private volatile boolean abandoned;
  private volatile RuntimeException failure;

  Recorder(Session session, RecordType type, RecordSink sink) {
    this.session = session;
    this.type = type;
    this.sink = sink;
    thread.setDaemon(true);
  }

  /**
   * Begins to write.
   *
   * @param counter counts what is written
   * @param receiver is called when nothing more can be written
   */
  void start(Rate counter, Runnable receiver) {
    rate = counter;
    onEnd = receiver;
    thread.start();
  }

  /**
   * Adds what makes a record, in the thread that writes it; waits while the queue is full, unless
   * nothing more is written.
   */
  void put(Supplier<Row> observation) {
    boolean added = false;
    while (!added && !ended && !abandoned) {
      try {
        added = queue.offer(observation, LOOK_MILLISECONDS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        abandoned = true;
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Row nothing() {
    return null;
  }

  /** Lets nobody wait any more: what comes now is dropped. */
  void abandon() {
    abandoned = true;
  }

  private void run() {
    session.progress().clear();
    try (RecordSink closed = sink) {
      closed.begin(type);
      session.out().flush();
      long shown = System.nanoTime() - STATUS_NANOSECONDS;
      boolean open = true;
      while (open && session.outputFailure().isEmpty()) {
        Supplier<Row> next = queue.poll(STATUS_NANOSECONDS, TimeUnit.NANOSECONDS);
        open = write(next);
        if (System.nanoTime() - shown >= STATUS_NANOSECONDS) {
          shown = System.nanoTime();
          session.progress().show(rate.toString());
        }
      }
      session.progress().clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      session.progress().clear();
      ended = true;
      onEnd.run();
    }
  }

  /**
   * Writes an observation and those that wait behind it, but not too many before they are flushed.
   *
   * @return false after the last one
   */
  private boolean write(Supplier<Row> first) {
    if (first == null) {
      return true;
    }
    session.progress().clear();
    Supplier<Row> next = first;
    for (int i = 1; next != null && next != END; i++) {
      sink.write(next.get());
      rate.written();
      next = i < BATCH ? queue.poll() : null;
    }
    session.out().flush();
    return next == null || next != END;
  }

  /** Ends when all is written; throws what ended it before. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        if (queue.offer(END, LOOK_MILLISECONDS, TimeUnit.MILLISECONDS)) {
          thread.join();
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }
}
