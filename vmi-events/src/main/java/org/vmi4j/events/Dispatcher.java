package org.vmi4j.events;

import java.util.Map;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.PrivilegedCallEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.SingleStepEvent;

/** Answers events: has subscribers called, and leads processors past what is in their way. */
final class Dispatcher {
  private final Map<EventKind, Subscribers> subscribers;
  private final Monitors monitors;
  private final Hooks hooks;
  private final Steps steps;
  private final Counters counters;
  private final Cpuids cpuids = new Cpuids();

  Dispatcher(
      Map<EventKind, Subscribers> subscribers, Monitors monitors, Hooks hooks, Counters counters) {
    this.subscribers = subscribers;
    this.monitors = monitors;
    this.hooks = hooks;
    this.steps = hooks.steps();
    this.counters = counters;
  }

  /** Answers one event, whatever its handlers do. */
  Response answer(Event event) {
    counters.arrived(event.kind());
    long start = System.nanoTime();
    try {
      return respond(event);
    } finally {
      counters.answered(System.nanoTime() - start);
    }
  }

  private Response respond(Event event) {
    if (event instanceof SingleStepEvent) {
      return stepped(event);
    }
    Response response = dispatch(event);
    Breakpoints breakpoints = hooks.breakpoints();
    if (event instanceof BreakpointEvent hit) {
      Response own = breakpoints == null ? Response.reinject() : breakpoints.hit(hit);
      response = Responses.combine(response, own);
    } else if (event instanceof PrivilegedCallEvent call && breakpoints != null) {
      response = Responses.combine(response, breakpoints.hit(call));
    }
    steps.note(event, response);
    if (event instanceof CpuidEvent cpuid) {
      return cpuids.past(cpuid, response);
    }
    return event instanceof MemoryAccessEvent access && hooks.watches() != null
        ? hooks.watches().settle(access, response)
        : response;
  }

  private Response stepped(Event event) {
    if (hooks.breakpoints() != null) {
      hooks.breakpoints().stepped(event);
    }
    Response settled = steps.stepped(event);
    if (!steps.takeSubscribed(event) && !monitors.includes(EventKind.SINGLE_STEP)) {
      return settled;
    }
    Response response = Responses.combine(settled, dispatch(event));
    steps.note(event, response);
    return response;
  }

  private Response dispatch(Event event) {
    return subscribers.get(event.kind()).dispatch(event);
  }
}
