package org.vmi4j.api.lifecycle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.vmi4j.api.VmiException;

/**
 * A stack of what has to be undone, in reverse order: what a machine holds, and what was done to
 * its guest. It has two kinds of entries. A <em>resource</em> ends with the process anyway, and is
 * released by {@link #close}. A <em>change</em> outlives the process, such as the pause of a guest:
 * it is undone by {@link #close} and also when the JVM ends in an orderly way. For that all stacks
 * share one shutdown hook, which undoes changes of guests before changes of files; within a stage
 * the newest stack comes first.
 *
 * <p>Every entry is undone, whatever the others throw: the first failure is thrown at the end, with
 * the later ones as suppressed exceptions. All methods may be called from several threads. An undo
 * action runs once, in the thread that closes the entry or the stack; it must not wait for a thread
 * that opens or closes entries of the same stack.
 */
public final class Teardown implements AutoCloseable {

  /** When the changes of a stack are undone at the end of the JVM: in this order. */
  public enum Stage {
    /** Changes of a running guest. */
    GUESTS,
    /** Files that are not complete. */
    FILES
  }

  private final String owner;
  private final Stage stage;
  private final ExitHook exit;

  /** The open entries, the newest first; guarded by this, as all below. */
  private final Deque<Undo> entries = new ArrayDeque<>();

  private int changes;
  private boolean closed;

  /**
   * Creates an empty stack.
   *
   * @param owner what the entries belong to, for error messages: {@code "the domain web01"}
   * @param stage when changes are undone at the end of the JVM
   */
  public Teardown(String owner, Stage stage) {
    this(owner, stage, ExitHook.OF_THE_JVM);
  }

  Teardown(String owner, Stage stage, ExitHook exit) {
    this.owner = owner;
    this.stage = stage;
    this.exit = exit;
  }

  /** One thing to undo. Closing it early takes it off its stack; a second close does nothing. */
  public interface Entry extends AutoCloseable {

    /** Whether it is still to be undone. */
    boolean isOpen();

    /** Undoes it, and returns when it is undone, also if another thread does it. */
    @Override
    void close();
  }

  /**
   * Adds a resource, which {@link #close} releases.
   *
   * @param release releases it
   * @throws VmiException if the stack is closed; the resource is then the caller's to release
   */
  public Entry own(Runnable release) {
    Undo entry = new Undo(release, false);
    add(entry);
    return entry;
  }

  /**
   * Makes a change that outlives the process. It is on the stack before it is made, so that the JVM
   * cannot end in between; whoever closes the stack meanwhile waits for it.
   *
   * @param make makes the change; if it throws, nothing is left to undo
   * @param undo undoes it
   * @throws VmiException if the stack is closed or the JVM is ending; nothing is done then
   */
  public Entry change(Runnable make, Runnable undo) {
    Undo entry = new Undo(undo, true);
    synchronized (entry) {
      add(entry);
      try {
        make.run();
      } catch (RuntimeException | Error e) {
        entry.open = false;
        remove(entry);
        throw e;
      }
    }
    return entry;
  }

  /** Undoes everything, the newest entry first. A second call only waits for the first. */
  @Override
  public void close() {
    close(entry -> true, new Failures()).throwAny();
  }

  /**
   * Undoes everything because of a failure, to which those of undoing are added.
   *
   * @param failure what the caller throws next
   */
  public void closeAfter(Throwable failure) {
    close(entry -> true, new Failures(failure));
  }

  /** Undoes what outlives the process, at its end. */
  void closeChanges(Failures failures) {
    close(entry -> entry.change, failures);
  }

  private Failures close(Predicate<Undo> which, Failures failures) {
    List<Undo> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      entries.stream().filter(which).forEach(open::add);
    }
    open.forEach(entry -> failures.collect(entry::close));
    return failures;
  }

  Stage stage() {
    return stage;
  }

  private synchronized void add(Undo entry) {
    if (closed) {
      throw new VmiException(owner + " is closed; open it again");
    }
    if (entry.change && changes == 0) {
      exit.add(this);
    }
    changes += entry.change ? 1 : 0;
    entries.addFirst(entry);
  }

  private synchronized void remove(Undo entry) {
    for (Iterator<Undo> each = entries.iterator(); each.hasNext(); ) {
      if (each.next() == entry) {
        each.remove();
        changes -= entry.change ? 1 : 0;
      }
    }
    if (entry.change && changes == 0) {
      exit.remove(this);
    }
  }

  /** An entry. Its monitor is held while its change is made and undone. */
  private final class Undo implements Entry {
    private final Runnable action;
    private final boolean change;
    private boolean open = true;

    Undo(Runnable action, boolean change) {
      this.action = action;
      this.change = change;
    }

    @Override
    public synchronized boolean isOpen() {
      return open;
    }

    @Override
    public synchronized void close() {
      if (open) {
        open = false;
        try {
          action.run();
        } finally {
          // Only now: until it is undone, the end of the JVM has to wait for it.
          remove(this);
        }
      }
    }
  }
}
