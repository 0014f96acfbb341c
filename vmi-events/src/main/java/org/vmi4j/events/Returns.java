package org.vmi4j.events;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.paging.AddressSpace;

/**
 * The returns that are waited for, each of one call by one thread. A thread is known by its stack:
 * when the function returns, the stack pointer is where it was before the call. A thread that never
 * returns is forgotten when its stack is used for the same call anew, or when there are too many.
 *
 * <p>The breakpoints at return addresses stay for the next call, since functions are called from
 * few places.
 */
final class Returns {
  private static final int MOST_PLACES = 4096;
  private static final int MOST_WAITING = 1 << 14;

  private final Breakpoints breakpoints;
  private final Code code;
  private final LoopOwner owner;
  private final ProcessorRegisters registers;
  private final Map<Long, Place> places = new HashMap<>();
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /** A return address with a breakpoint. */
  private record Place(Map<Long, Waiting> byStack) {}

  private record Waiting(long address, long stack, EventHandler<? super BreakpointEvent> handler) {}

  Returns(Breakpoints breakpoints, Code code, LoopOwner owner, ProcessorRegisters registers) {
    this.registers = registers;
    this.breakpoints = breakpoints;
    this.code = code;
    this.owner = owner;
  }

  /**
   * Waits for the return of a function.
   *
   * @param entry an event at its first instruction
   * @param space the address space of its code and its stack
   */
  void add(
      BreakpointEvent entry, AddressSpace space, EventHandler<? super BreakpointEvent> handler) {
    long stackNow = registers.read(entry, code.stackPointer());
    long address = code.returnAddress(register -> registers.read(entry, register), space);
    add(space, address, code.stackAfterReturn(stackNow), handler);
  }

  private void add(
      AddressSpace space, long address, long stack, EventHandler<? super BreakpointEvent> handler) {
    Place place = places.get(address);
    if (place == null) {
      if (places.size() == MOST_PLACES) {
        throw new VmiException("the function is called from more than " + MOST_PLACES + " places");
      }
      place = open(space, address);
      places.put(address, place);
    }
    Waiting added = new Waiting(address, stack, handler);
    Waiting before = place.byStack().put(stack, added);
    if (before != null) {
      waiting.remove(before);
    }
    waiting.add(added);
    if (waiting.size() > MOST_WAITING) {
      Waiting oldest = waiting.iterator().next();
      waiting.remove(oldest);
      places.get(oldest.address()).byStack().remove(oldest.stack(), oldest);
    }
  }

  private Place open(AddressSpace space, long address) {
    Map<Long, Waiting> byStack = new HashMap<>();
    Subscriber<BreakpointEvent> subscriber =
        new Subscriber<>(
            BreakpointEvent.class,
            event -> true,
            EventFilter.ALL,
            event -> returned(event, byStack),
            owner);
    // Taken out of the guest with all others.
    breakpoints.add(space, address, subscriber);
    return new Place(byStack);
  }

  private Response returned(BreakpointEvent event, Map<Long, Waiting> byStack) throws Exception {
    Waiting found = byStack.remove(registers.read(event, code.stackPointer()));
    if (found == null) {
      return Response.resume();
    }
    waiting.remove(found);
    return found.handler().on(event);
  }
}
