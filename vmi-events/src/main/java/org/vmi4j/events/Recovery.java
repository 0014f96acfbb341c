package org.vmi4j.events;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.LeftJournal;
import org.vmi4j.api.memory.PhysicalMemory;

/**
 * Brings back a guest whose monitoring program was killed. Its processors wait for answers that
 * nobody gives, and breakpoints may be in its code: {@link Journal} says which.
 */
public final class Recovery {
  private final Vm vm;
  private final Journal journal;

  /** Prepares the recovery of a machine. Changes nothing. */
  public Recovery(Vm vm) {
    this.vm = vm;
    this.journal = vm.find(Journal.class).orElse(Journal.NONE);
  }

  /**
   * Returns what a killed program left behind, in words: empty if nothing is known of. A program
   * that monitors the machine now leaves nothing behind.
   */
  public List<String> findings() {
    List<String> found = new ArrayList<>();
    for (LeftJournal left : journal.left()) {
      try (left) {
        left.changes().forEach(change -> found.add(change + ", by " + writer(left)));
      }
    }
    return found;
  }

  private static String writer(LeftJournal left) {
    return "process " + left.process() + ", which began at " + left.time();
  }

  /**
   * Undoes what killed programs left behind, and lets the processors run on. The journals are
   * deleted when all in them is undone.
   *
   * @return what was done, in words
   * @throws VmiException if something cannot be undone; what can be is, and the journals stay
   */
  public List<String> recover() {
    List<String> done = new ArrayList<>();
    List<LeftJournal> journals = journal.left();
    Optional<EventRecovery> events = vm.find(EventRecovery.class);
    try {
      vm.find(Pausing.class)
          .ifPresentOrElse(
              pausing ->
                  pausing.whilePaused(
                      () -> {
                        undo(journals, events, done);
                        return null;
                      }),
              () -> undo(journals, events, done));
      journals.forEach(LeftJournal::delete);
      return done;
    } finally {
      journals.forEach(LeftJournal::close);
    }
  }

  /** Breakpoints first: a processor that runs on must not meet one that nobody answers. */
  private void undo(List<LeftJournal> journals, Optional<EventRecovery> events, List<String> done) {
    List<VmiException> failures = new ArrayList<>();
    for (LeftJournal left : journals) {
      for (Change change : left.changes()) {
        try {
          undo(change, events, done);
        } catch (VmiException e) {
          failures.add(e);
        }
      }
    }
    if (!failures.isEmpty()) {
      VmiException first = failures.get(0);
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
    if (events.isPresent() && events.get().isMonitored()) {
      events.get().releaseVcpus();
      done.add("monitoring ended, processors released");
    }
  }

  private void undo(Change change, Optional<EventRecovery> events, List<String> done) {
    if (change instanceof Change.Bytes bytes) {
      undo(bytes, done);
    } else if (change != Change.Held.MONITORED) {
      events
          .orElseThrow(() -> new VmiException(vm.uri() + " offers no way to undo: " + change))
          .undo(change);
      done.add("undid " + change);
    }
  }

  private void undo(Change.Bytes bytes, List<String> done) {
    PhysicalMemory memory = vm.physicalMemory();
    byte[] now = memory.readBytes(bytes.address(), bytes.after().length);
    if (Arrays.equals(now, bytes.after())) {
      memory.write(bytes.address(), bytes.before());
      done.add("undid " + bytes);
    } else if (!Arrays.equals(now, bytes.before())) {
      done.add("left alone, since the guest has written there: " + bytes);
    }
  }
}
