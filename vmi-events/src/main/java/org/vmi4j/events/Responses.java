package org.vmi4j.events;

import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;

/** Combines what several subscribers answer to one event. */
final class Responses {
  private Responses() {}

  /**
   * Returns both responses in one: of the actions the stronger one, where to deny is stronger than
   * to emulate without writing, to emulate, to reinject, to resume, in this order; a step if either
   * steps; views and registers of both, the second one's where both have them.
   */
  static Response combine(Response first, Response second) {
    if (second.equals(Response.resume())) {
      return first;
    }
    if (first.equals(Response.resume())) {
      return second;
    }
    Response both = first.with(stronger(first.action(), second.action()));
    if (second.isStep()) {
      both = both.thenStep();
    }
    if (second.view().isPresent()) {
      both = both.inView(second.view().getAsInt());
    }
    if (second.viewAfterStep().isPresent()) {
      both = both.thenStepInto(second.viewAfterStep().getAsInt());
    }
    if (second.registers().isPresent()) {
      RegisterValues values = second.registers().get().copy();
      first
          .registers()
          .ifPresent(
              earlier ->
                  earlier.forEach(
                      (register, value) -> {
                        if (!values.has(register)) {
                          values.set(register, value);
                        }
                      }));
      both = both.withRegisters(values);
    }
    return both;
  }

  private static Action stronger(Action first, Action second) {
    return rank(second) > rank(first) ? second : first;
  }

  private static int rank(Action action) {
    return switch (action) {
      case RESUME -> 0;
      case REINJECT -> 1;
      case EMULATE -> 2;
      case EMULATE_WITHOUT_WRITE -> 3;
      case DENY -> 4;
    };
  }
}
