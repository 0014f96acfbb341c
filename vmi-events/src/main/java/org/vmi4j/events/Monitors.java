package org.vmi4j.events;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.Monitor.All;
import org.vmi4j.api.event.Monitor.MsrWrites;
import org.vmi4j.api.event.Monitor.RegisterWrites;

/**
 * What is monitored for the subscribers: each thing as long as one of them wants it, in the one
 * form that suits them all.
 */
final class Monitors {
  private final EventChannel channel;
  private final List<Monitor> wanted = new ArrayList<>();

  Monitors(EventChannel channel) {
    this.channel = channel;
  }

  /** Monitors something for one more subscriber. If that fails, nothing is changed. */
  void add(Monitor monitor) {
    Optional<Monitor> before = combined(monitor);
    wanted.add(monitor);
    try {
      change(before, combined(monitor));
    } catch (RuntimeException | Error e) {
      wanted.remove(monitor);
      throw e;
    }
  }

  /** Monitors something for one subscriber less. */
  void remove(Monitor monitor) {
    Optional<Monitor> before = combined(monitor);
    wanted.remove(monitor);
    change(before, combined(monitor));
  }

  /** Returns whether all events of a kind are monitored. */
  boolean includes(EventKind kind) {
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).kind() == kind) {
        return true;
      }
    }
    return false;
  }

  private void change(Optional<Monitor> before, Optional<Monitor> after) {
    if (before.equals(after)) {
      return;
    }
    before.ifPresent(channel::disable);
    after.ifPresent(channel::enable);
  }

  /** The form that suits all who want the same thing. */
  private Optional<Monitor> combined(Monitor one) {
    return wanted.stream().filter(other -> isSame(one, other)).reduce(Monitors::combine);
  }

  private static boolean isSame(Monitor one, Monitor other) {
    if (one instanceof RegisterWrites a && other instanceof RegisterWrites b) {
      return a.register() == b.register();
    }
    if (one instanceof MsrWrites a && other instanceof MsrWrites b) {
      return a.msr() == b.msr();
    }
    return one instanceof All && other instanceof All && one.kind() == other.kind();
  }

  private static Monitor combine(Monitor one, Monitor other) {
    if (one instanceof RegisterWrites a && other instanceof RegisterWrites b) {
      return new RegisterWrites(
          a.register(), a.waits() || b.waits(), a.changesOnly() && b.changesOnly());
    }
    if (one instanceof MsrWrites a && other instanceof MsrWrites b) {
      return new MsrWrites(a.msr(), a.changesOnly() && b.changesOnly());
    }
    return new All(one.kind(), ((All) one).waits() || ((All) other).waits());
  }
}
