package org.vmi4j.events;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.paging.Translation;

/**
 * The breakpoints of a machine, by guest-physical address: subscribers to one place share one, also
 * if they reach it through different address spaces. A place that is not in memory yet is looked
 * for again by {@link #check}.
 */
final class Breakpoints implements Obstacles {
  private static final int MOST = 1 << 16;

  private final Code code;
  private final Placement placement;
  private final Steps steps;
  private final Repeats repeats = new Repeats();
  private final Supplier<Subscribers> newSubscribers;

  /** Sorted by address, side by side, so that one is found without a box for its address. */
  private long[] addresses = {};

  private Breakpoint[] points = {};

  private final List<Target> targets = new ArrayList<>();
  private final byte[] window = new byte[Code.WINDOW];
  private final BreakpointEvent call = new BreakpointEvent();

  /** The last breakpoint past which each processor was led. */
  private long[] leftFrom = new long[1];

  private long[] leftStack = new long[1];

  /** What somebody subscribed to, and where it is in memory now. */
  private static final class Target {
    private final AddressSpace space;
    private final long virtual;
    private final Subscriber<BreakpointEvent> subscriber;
    private OptionalLong physical = OptionalLong.empty();

    Target(AddressSpace space, long virtual, Subscriber<BreakpointEvent> subscriber) {
      this.space = space;
      this.virtual = virtual;
      this.subscriber = subscriber;
    }
  }

  Breakpoints(Code code, Placement placement, Steps steps, Supplier<Subscribers> newSubscribers) {
    this.code = code;
    this.placement = placement;
    this.steps = steps;
    this.newSubscribers = newSubscribers;
  }

  /** The instruction set. */
  Code code() {
    return code;
  }

  /**
   * Subscribes to a place. If it is not in memory now, it is from when it is.
   *
   * @return ends the subscription
   * @throws IllegalArgumentException if there can be no instruction
   * @throws VmiException if it cannot be executed, or cannot be written
   */
  Runnable add(AddressSpace space, long virtual, Subscriber<BreakpointEvent> subscriber) {
    if (virtual % code.alignment() != 0) {
      throw new IllegalArgumentException(
          hex(virtual) + " is not the address of an instruction: " + code.alignment() + " bytes");
    }
    if (space.translate(virtual) instanceof Translation.Mapped mapped
        && !mapped.access().execute()) {
      throw new VmiException(
          "there is no code at " + hex(virtual) + ": its page tables permit no execution");
    }
    Target target = new Target(space, virtual, subscriber);
    targets.add(target);
    try {
      follow(target);
    } catch (RuntimeException | Error e) {
      targets.remove(target);
      throw e;
    }
    return () -> {
      targets.remove(target);
      leave(target);
    };
  }

  /** Looks for all places again: pages come and go. */
  void check() {
    targets.forEach(this::follow);
  }

  /** Removes all breakpoints from the guest. What fails is thrown after the rest is done. */
  void removeAll() {
    RuntimeException failure = null;
    for (Breakpoint point : points.clone()) {
      try {
        remove(point);
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void follow(Target target) {
    long found = target.space.lookup(target.virtual);
    OptionalLong now =
        Lookup.isMapped(found) ? OptionalLong.of(Lookup.physical(found)) : OptionalLong.empty();
    if (!now.equals(target.physical)) {
      leave(target);
      if (now.isPresent()) {
        at(now.getAsLong()).subscribers.add(target.subscriber);
        target.physical = now;
      }
    }
  }

  private void leave(Target target) {
    if (target.physical.isPresent()) {
      Breakpoint point = find(target.physical.getAsLong());
      target.physical = OptionalLong.empty();
      if (point != null) {
        point.subscribers.remove(target.subscriber);
        if (point.subscribers.isEmpty()) {
          remove(point);
        }
      }
    }
  }

  private Breakpoint at(long address) {
    int index = Arrays.binarySearch(addresses, address);
    if (index >= 0) {
      return points[index];
    }
    if (points.length == MOST) {
      throw new VmiException("there are " + MOST + " breakpoints; no more are possible");
    }
    byte[] instruction = code.breakpoint();
    int length = placement.original(address, window);
    if (length < instruction.length) {
      throw new VmiException("there is no room for a breakpoint at " + hex(address));
    }
    Breakpoint point =
        new Breakpoint(
            address,
            newSubscribers.get(),
            code.skippable(window, length),
            startsWith(window, instruction));
    placement.place(address);
    insert(-index - 1, point);
    return point;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  private void insert(int index, Breakpoint point) {
    addresses = Arrays.copyOf(addresses, addresses.length + 1);
    points = Arrays.copyOf(points, addresses.length);
    System.arraycopy(addresses, index, addresses, index + 1, addresses.length - 1 - index);
    System.arraycopy(points, index, points, index + 1, addresses.length - 1 - index);
    addresses[index] = point.address;
    points[index] = point;
  }

  private void remove(Breakpoint point) {
    int index = Arrays.binarySearch(addresses, point.address);
    int rest = addresses.length - 1 - index;
    System.arraycopy(addresses, index + 1, addresses, index, rest);
    System.arraycopy(points, index + 1, points, index, rest);
    addresses = Arrays.copyOf(addresses, addresses.length - 1);
    points = Arrays.copyOf(points, addresses.length);
    placement.remove(point.address);
  }

  private Breakpoint find(long address) {
    int index = Arrays.binarySearch(addresses, address);
    return index < 0 ? null : points[index];
  }

  /** Answers a breakpoint instruction of x86. */
  Response hit(BreakpointEvent event) {
    Breakpoint point = find(event.physicalAddress());
    return point == null ? foreign(event) : hit(point, event);
  }

  /** Answers a call of the secure monitor, which is the breakpoint instruction of Arm. */
  Response hit(Event event) {
    long virtual = event.programCounter();
    for (int i = 0; i < targets.size(); i++) {
      long found = targets.get(i).space.lookup(virtual);
      long address = Lookup.physical(found);
      Breakpoint point = Lookup.isMapped(found) ? find(address) : null;
      if (point != null) {
        call.begin(
            event.sequence(),
            event.time(),
            event.vcpu(),
            event.view(),
            event.isWaiting(),
            event.registers());
        return hit(point, call.fill(address, code.breakpoint().length, 0));
      }
    }
    return goTo(virtual + code.breakpoint().length);
  }

  private Response hit(Breakpoint point, BreakpointEvent event) {
    long virtual = event.programCounter();
    long stack = registerOr(event, code.stackPointer());
    Response response =
        repeats.take(virtual, stack, EventFilter.rootOf(event.registers()))
            ? Response.resume()
            : point.subscribers.dispatch(event);
    if (response.action() != Action.RESUME || goesElsewhere(response, virtual)) {
      return response;
    }
    if (point.guestsOwn) {
      return response.with(Action.REINJECT);
    }
    if (point.skippable > 0) {
      return Responses.combine(point.skip(virtual, this::goTo), response);
    }
    leaveFrom(event.vcpu(), virtual, stack);
    return steps.past(event, response, this, point.address);
  }

  private boolean goesElsewhere(Response response, long virtual) {
    return response
        .registers()
        .filter(values -> values.getOr(code.programCounter(), virtual) != virtual)
        .isPresent();
  }

  private Response goTo(long virtual) {
    Register register = code.programCounter();
    return Response.resume()
        .withRegisters(new RegisterValues(architectureOf(register)).set(register, virtual));
  }

  private static Architecture architectureOf(Register register) {
    return register instanceof X86 ? Architecture.X86_64 : Architecture.AARCH64;
  }

  /**
   * Answers a breakpoint instruction that is none of ours: the guest's own is delivered to it. One
   * that is no longer there was ours, and was removed while the event was on its way.
   */
  private Response foreign(BreakpointEvent event) {
    byte[] instruction = code.breakpoint();
    int length = placement.original(event.physicalAddress(), window);
    boolean isThere = length >= instruction.length && startsWith(window, instruction);
    return isThere ? Response.reinject() : Response.resume();
  }

  private void leaveFrom(int vcpu, long virtual, long stack) {
    if (vcpu >= leftFrom.length) {
      leftFrom = Arrays.copyOf(leftFrom, vcpu + 1);
      leftStack = Arrays.copyOf(leftStack, vcpu + 1);
    }
    leftFrom[vcpu] = virtual;
    leftStack[vcpu] = stack;
  }

  /**
   * Looks whether the step past a breakpoint has executed its instruction. If an interrupt came
   * first, its handler is about to run, and its frame on the stack holds the instruction's address,
   * above an error code if there is one (Intel SDM volume 3A, 6.14.2).
   */
  void stepped(Event event) {
    int vcpu = event.vcpu();
    if (vcpu >= leftFrom.length || leftFrom[vcpu] == 0) {
      return;
    }
    long virtual = leftFrom[vcpu];
    leftFrom[vcpu] = 0;
    EventRegisters registers = event.registers();
    if (!registers.has(code.stackPointer())) {
      return;
    }
    long top = registers.get(code.stackPointer());
    for (Target target : targets) {
      if (target.virtual == virtual) {
        if (holds(target.space, top, virtual) || holds(target.space, top + Long.BYTES, virtual)) {
          repeats.add(virtual, leftStack[vcpu], EventFilter.rootOf(registers));
        }
        return;
      }
    }
  }

  private static boolean holds(AddressSpace space, long address, long value) {
    return Lookup.isMapped(space.lookup(address))
        && Lookup.isMapped(space.lookup(address + Long.BYTES - 1))
        && space.readLong(address) == value;
  }

  private static long registerOr(Event event, Register register) {
    return event.registers().has(register) ? event.register(register) : 0;
  }

  @Override
  public void lift(long address) {
    if (find(address) != null) {
      placement.lift(address);
    }
  }

  @Override
  public void restore(long address) {
    if (find(address) != null) {
      placement.restore(address);
    }
  }

  private static String hex(long address) {
    return String.format(Locale.ROOT, "0x%x", address);
  }
}
