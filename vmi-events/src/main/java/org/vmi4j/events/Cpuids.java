package org.vmi4j.events;

import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;

/**
 * Leads processors past CPUID. Its result is in the registers already; what is left to do is to
 * advance RIP, without which the processor would execute it again, with another leaf.
 */
final class Cpuids {
  private static final int PLACES = 64;

  /** The answers to the instructions that were met last: most guests execute few of them. */
  private final Response[] answers = new Response[PLACES];

  private final long[] nexts = new long[PLACES];

  /** Returns a response with which the processor goes on after the instruction. */
  Response past(CpuidEvent event, Response response) {
    EventRegisters registers = event.registers();
    if (response.action() != Action.RESUME
        || !event.isWaiting()
        || !registers.has(X86.RIP)
        || response.registers().filter(values -> values.has(X86.RIP)).isPresent()) {
      return response;
    }
    return Responses.combine(
        goTo(registers, registers.get(X86.RIP) + event.instructionLength()), response);
  }

  private Response goTo(EventRegisters registers, long next) {
    int place = (int) (next ^ next >>> 6) & PLACES - 1;
    if (answers[place] == null || nexts[place] != next) {
      nexts[place] = next;
      answers[place] =
          Response.resume()
              .withRegisters(new RegisterValues(registers.architecture()).set(X86.RIP, next));
    }
    return answers[place];
  }
}
