package org.vmi4j.events;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.DebugExceptionEvent;
import org.vmi4j.api.event.DescriptorAccessEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.GuestRequestEvent;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.MsrWriteEvent;
import org.vmi4j.api.event.PrivilegedCallEvent;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.SingleStepEvent;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.paging.AddressSpace;

/**
 * The events of a running machine. Programs subscribe to what they want to hear of, and run the
 * loop; the guest is left as it was when this is closed.
 *
 * <pre>{@code
 * try (Vm vm = Vmi.open("xen:web01"); Events events = Events.open(vm)) {
 *   events.onRegisterWrite(X86.CR3, event -> Response.resume());
 *   events.run(Duration.ofSeconds(30));
 * }
 * }</pre>
 *
 * <p>Handlers run in the thread that runs the loop, one after the other; the processor waits for
 * them. Any thread may subscribe and end a subscription; while the loop runs, its thread does the
 * work. If several subscribers answer the same event, of the actions the strongest is taken (deny,
 * emulate without writing, emulate, reinject, resume, in this order), a step if one of them steps,
 * and the registers of all, the later subscriber's first.
 *
 * <p>A response that resumes lets the processor go on past what was in its way: a watched frame, a
 * breakpoint or CPUID needs no more than that.
 */
public final class Events implements AutoCloseable {
  private final EventChannel channel;
  private final EventFeatures features;
  private final EventsOptions options;
  private final LoopOwner owner;
  private final Monitors monitors;
  private final Hooks hooks;
  private final Counters counters = new Counters();
  private final Map<EventKind, Subscribers> subscribers = new EnumMap<>(EventKind.class);
  private final EventLoop loop;
  private final Teardown.Entry undo;

  /** Whether breakpoints are monitored for the sake of returns; used by the owner only. */
  private boolean returnsMonitored;

  private Events(Vm vm, EventSource source, EventsOptions options) {
    this.features = source.features();
    this.options = options;
    this.channel = source.open();
    this.owner = new LoopOwner(channel::wakeUp);
    this.monitors = new Monitors(channel);
    this.hooks = new Hooks(vm, features, options, this::newSubscribers);
    for (EventKind kind : EventKind.values()) {
      subscribers.put(kind, newSubscribers());
    }
    Dispatcher dispatcher = new Dispatcher(subscribers, monitors, hooks, counters);
    this.loop = new EventLoop(channel, owner, dispatcher, hooks, counters, options.spin());
    try {
      // Above the channel's own entry: the loop's thread undoes its part before.
      this.undo = vm.teardown().change(() -> {}, loop::close);
    } catch (RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Opens the events of a machine.
   *
   * @throws VmiException if the machine has none, or another program monitors it
   */
  public static Events open(Vm vm) {
    return open(vm, EventsOptions.DEFAULTS);
  }

  /**
   * Opens the events of a machine.
   *
   * @throws VmiException if the machine has none, or another program monitors it
   */
  public static Events open(Vm vm, EventsOptions options) {
    return new Events(vm, vm.require(EventSource.class), options);
  }

  private Subscribers newSubscribers() {
    return new Subscribers(
        (event, failure) -> {
          counters.failed();
          options.onFailure().accept(event, failure);
        });
  }

  /** Returns what the machine can report, and what may be answered. */
  public EventFeatures features() {
    return features;
  }

  /** Subscribes to writes to a control register. */
  public Subscription onRegisterWrite(
      Register register, EventHandler<? super RegisterWriteEvent> handler) {
    return onRegisterWrite(
        new Monitor.RegisterWrites(register, true, false), EventFilter.ALL, handler);
  }

  /**
   * Subscribes to writes to a control register.
   *
   * @param monitor how they are reported, if no other subscriber wants it otherwise
   */
  public Subscription onRegisterWrite(
      Monitor.RegisterWrites monitor,
      EventFilter filter,
      EventHandler<? super RegisterWriteEvent> handler) {
    return subscribe(
        RegisterWriteEvent.class,
        event -> event.target() == monitor.register(),
        filter,
        handler,
        monitor);
  }

  /** Subscribes to writes to a model-specific register. */
  public Subscription onMsrWrite(int msr, EventHandler<? super MsrWriteEvent> handler) {
    return onMsrWrite(msr, EventFilter.ALL, handler);
  }

  /** Subscribes to writes to a model-specific register. */
  public Subscription onMsrWrite(
      int msr, EventFilter filter, EventHandler<? super MsrWriteEvent> handler) {
    return subscribe(
        MsrWriteEvent.class,
        event -> event.msr() == msr,
        filter,
        handler,
        new Monitor.MsrWrites(msr, false));
  }

  /** Subscribes to one kind of access to memory. */
  public Subscription onMemoryAccess(
      PageRange range, Access access, EventHandler<? super MemoryAccessEvent> handler) {
    return onMemoryAccess(range, EnumSet.of(access), EventFilter.ALL, handler);
  }

  /**
   * Subscribes to accesses to memory.
   *
   * @param accesses which; an access that is of several kinds is reported once
   */
  public Subscription onMemoryAccess(
      PageRange range,
      Set<Access> accesses,
      EventFilter filter,
      EventHandler<? super MemoryAccessEvent> handler) {
    Set<Access> reported = EnumSet.copyOf(accesses);
    return owner.call(
        () -> {
          requireOpen(EventKind.MEMORY_ACCESS);
          Runnable unwatch = hooks.openWatches().add(range, reported);
          return add(
              new Subscriber<>(
                  MemoryAccessEvent.class,
                  event ->
                      range.contains(event.physicalAddress()) && Access.matches(reported, event),
                  filter,
                  handler,
                  owner),
              EventKind.MEMORY_ACCESS,
              unwatch);
        });
  }

  /**
   * Subscribes to an instruction that is about to be executed.
   *
   * @param space the address space in which the instruction is; the kernel's for a function of the
   *     kernel. Other address spaces that map the same memory are included.
   * @param address its address. If no memory is mapped there, the breakpoint is set when there is:
   *     the loop looks every 100 ms.
   */
  public Subscription breakpoint(
      AddressSpace space, long address, EventHandler<? super BreakpointEvent> handler) {
    return breakpoint(space, address, EventFilter.ALL, handler);
  }

  /** Subscribes to an instruction that is about to be executed, as the other method does. */
  public Subscription breakpoint(
      AddressSpace space,
      long address,
      EventFilter filter,
      EventHandler<? super BreakpointEvent> handler) {
    return owner.call(
        () -> {
          EventKind kind = breakpointKind();
          requireOpen(kind);
          Monitor monitor = new Monitor.All(kind, true);
          Breakpoints breakpoints = hooks.openBreakpoints();
          monitors.add(monitor);
          try {
            Subscriber<BreakpointEvent> subscriber =
                new Subscriber<>(BreakpointEvent.class, event -> true, filter, handler, owner);
            Runnable remove = breakpoints.add(space, address, subscriber);
            subscriber.onClose(
                () -> {
                  remove.run();
                  monitors.remove(monitor);
                });
            return subscriber;
          } catch (RuntimeException | Error e) {
            monitors.remove(monitor);
            throw e;
          }
        });
  }

  /**
   * Waits for the return of a function whose first instruction is about to be executed, once. A
   * thread is known by its stack, so other threads that return to the same place do not disturb.
   * Nothing is reported of a thread that never returns.
   *
   * @param entry the event of a breakpoint at the first instruction, in its handler
   * @param space the address space of the function's code and stack
   * @param handler receives an event after the return
   * @throws VmiException if this is not called by a handler
   * @throws org.vmi4j.api.memory.MemoryFault if the stack cannot be read
   */
  public void onReturn(
      BreakpointEvent entry, AddressSpace space, EventHandler<? super BreakpointEvent> handler) {
    if (!loop.isMine()) {
      throw new VmiException("returns can be waited for by handlers only");
    }
    if (!returnsMonitored) {
      // Of their own: nobody would answer them once the last other breakpoint is closed.
      monitors.add(new Monitor.All(breakpointKind(), true));
      returnsMonitored = true;
    }
    hooks.openReturns(owner).add(entry, space, handler);
  }

  /** The kind of event that a breakpoint instruction of the machine's architecture makes. */
  private EventKind breakpointKind() {
    return features.kinds().contains(EventKind.BREAKPOINT)
            || !features.kinds().contains(EventKind.PRIVILEGED_CALL)
        ? EventKind.BREAKPOINT
        : EventKind.PRIVILEGED_CALL;
  }

  /** Subscribes to the single steps that responses ask for. */
  public Subscription onSingleStep(
      EventFilter filter, EventHandler<? super SingleStepEvent> handler) {
    return owner.call(
        () -> {
          requireOpen(EventKind.SINGLE_STEP);
          return add(
              new Subscriber<>(SingleStepEvent.class, event -> true, filter, handler, owner),
              EventKind.SINGLE_STEP,
              () -> {});
        });
  }

  /** Lets the processors execute one instruction at a time, and subscribes to all of them. */
  public Subscription step(EventFilter filter, EventHandler<? super SingleStepEvent> handler) {
    return all(SingleStepEvent.class, EventKind.SINGLE_STEP, filter, handler);
  }

  /** Subscribes to CPUID, whose result a response may replace by setting registers. */
  public Subscription onCpuid(EventFilter filter, EventHandler<? super CpuidEvent> handler) {
    return all(CpuidEvent.class, EventKind.CPUID, filter, handler);
  }

  /** Subscribes to debug exceptions. */
  public Subscription onDebugException(
      EventFilter filter, EventHandler<? super DebugExceptionEvent> handler) {
    return all(DebugExceptionEvent.class, EventKind.DEBUG_EXCEPTION, filter, handler);
  }

  /** Subscribes to accesses to the registers of descriptor tables. */
  public Subscription onDescriptorAccess(
      EventFilter filter, EventHandler<? super DescriptorAccessEvent> handler) {
    return all(DescriptorAccessEvent.class, EventKind.DESCRIPTOR_ACCESS, filter, handler);
  }

  /** Subscribes to requests of programs in the guest. */
  public Subscription onGuestRequest(
      EventFilter filter, EventHandler<? super GuestRequestEvent> handler) {
    return all(GuestRequestEvent.class, EventKind.GUEST_REQUEST, filter, handler);
  }

  /** Subscribes to calls of the secure monitor. */
  public Subscription onPrivilegedCall(
      EventFilter filter, EventHandler<? super PrivilegedCallEvent> handler) {
    return all(PrivilegedCallEvent.class, EventKind.PRIVILEGED_CALL, filter, handler);
  }

  /**
   * Subscribes to a kind of event that needs no more to be asked for.
   *
   * @param type the class of its events
   * @throws VmiException if the machine cannot report it
   */
  public <E extends Event> Subscription all(
      Class<E> type, EventKind kind, EventFilter filter, EventHandler<? super E> handler) {
    return subscribe(type, event -> true, filter, handler, new Monitor.All(kind, true));
  }

  private <E extends Event> Subscription subscribe(
      Class<E> type,
      Predicate<? super E> selected,
      EventFilter filter,
      EventHandler<? super E> handler,
      Monitor monitor) {
    return owner.call(
        () -> {
          requireOpen(monitor.kind());
          monitors.add(monitor);
          return add(
              new Subscriber<>(type, selected, filter, handler, owner),
              monitor.kind(),
              () -> monitors.remove(monitor));
        });
  }

  private Subscription add(Subscriber<?> subscriber, EventKind kind, Runnable undo) {
    Subscribers all = subscribers.get(kind);
    all.add(subscriber);
    subscriber.onClose(
        () -> {
          all.remove(subscriber);
          undo.run();
        });
    return subscriber;
  }

  private void requireOpen(EventKind kind) {
    if (loop.isClosed()) {
      throw new VmiException("the events are closed; open them again");
    }
    if (!features.kinds().contains(kind)) {
      String why = features.missing().get(kind.toString());
      throw new VmiException(
          "the machine does not report " + kind + (why == null ? "" : ": " + why));
    }
  }

  /** Runs the loop until {@link #stop} is called. */
  public void run() {
    run(Duration.ofNanos(Long.MAX_VALUE));
  }

  /**
   * Runs the loop in this thread.
   *
   * @param duration how long, unless {@link #stop} is called before
   * @throws VmiException if another thread runs it
   * @throws org.vmi4j.api.VmGoneException if the machine ends meanwhile
   */
  public void run(Duration duration) {
    loop.run(duration);
  }

  /**
   * Lets {@link #run} return, or return at once the next time. Any thread may call this, and
   * handlers may.
   */
  public void stop() {
    loop.stop();
  }

  /** Returns what has been done so far. Any thread may call this. */
  public EventStatistics statistics() {
    return counters.snapshot();
  }

  /**
   * Ends all subscriptions and leaves the guest as it was. While the loop runs, this ends it; a
   * handler that calls this returns first. A second call does nothing.
   */
  @Override
  public void close() {
    if (loop.isMine()) {
      loop.close();
    } else {
      undo.close();
    }
  }
}
