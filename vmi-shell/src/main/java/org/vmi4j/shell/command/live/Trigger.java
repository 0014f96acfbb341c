package org.vmi4j.shell.command.live;

import java.util.Set;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.events.Access;
import org.vmi4j.events.EventFilter;
import org.vmi4j.events.EventHandler;
import org.vmi4j.events.Events;
import org.vmi4j.events.PageRange;
import org.vmi4j.events.Subscription;

/** Something that is watched. */
sealed interface Trigger {

  /** The kind of the events that it brings. */
  EventKind kind();

  /** Begins to watch it. */
  Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler);

  /** Writes to a control register. */
  record Control(X86 register) implements Trigger {
    @Override
    public EventKind kind() {
      return EventKind.REGISTER_WRITE;
    }

    @Override
    public Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler) {
      return events.onRegisterWrite(
          new Monitor.RegisterWrites(register, true, false), filter, handler);
    }
  }

  /** Writes to a model-specific register. */
  record Msr(int number) implements Trigger {
    @Override
    public EventKind kind() {
      return EventKind.MSR_WRITE;
    }

    @Override
    public Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler) {
      return events.onMsrWrite(number, filter, handler);
    }
  }

  /** The instruction CPUID. */
  record Cpuid() implements Trigger {
    @Override
    public EventKind kind() {
      return EventKind.CPUID;
    }

    @Override
    public Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler) {
      return events.onCpuid(filter, handler);
    }
  }

  /** Accesses to a page of physical memory. */
  record Page(PageRange range, Access access) implements Trigger {
    @Override
    public EventKind kind() {
      return EventKind.MEMORY_ACCESS;
    }

    @Override
    public Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler) {
      return events.onMemoryAccess(range, Set.of(access), filter, handler);
    }
  }

  /** An instruction at an address, of which {@code kind} is the kind of a breakpoint's events. */
  record Instruction(AddressSpace space, long address, EventKind kind) implements Trigger {
    @Override
    public Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler) {
      return events.breakpoint(space, address, filter, handler);
    }
  }

  /** Every instruction. */
  record Step() implements Trigger {
    @Override
    public EventKind kind() {
      return EventKind.SINGLE_STEP;
    }

    @Override
    public Subscription subscribe(Events events, EventFilter filter, EventHandler<Event> handler) {
      return events.step(filter, handler);
    }
  }
}
