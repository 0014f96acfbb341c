package org.vmi4j.events;

import java.util.function.LongFunction;
import org.vmi4j.api.event.Response;

/** One place with a breakpoint, and who subscribed to it. */
final class Breakpoint {
  /** The guest-physical address. */
  final long address;

  final Subscribers subscribers;

  /** The length of the instruction if it need not be executed; 0 if it must be. */
  final int skippable;

  /** Whether the guest has a breakpoint instruction of its own there. */
  final boolean guestsOwn;

  /**
   * The answer that skips the instruction at an address, kept since it is nearly always the same.
   */
  private Response skip = Response.resume();

  private long skipsFrom;

  Breakpoint(long address, Subscribers subscribers, int skippable, boolean guestsOwn) {
    this.address = address;
    this.subscribers = subscribers;
    this.skippable = skippable;
    this.guestsOwn = guestsOwn;
  }

  /** Returns the answer that skips the instruction. */
  Response skip(long virtual, LongFunction<Response> make) {
    if (skip.registers().isEmpty() || skipsFrom != virtual) {
      skip = make.apply(virtual + skippable);
      skipsFrom = virtual;
    }
    return skip;
  }
}
