package org.vmi4j.api.event;

import java.util.Map;
import java.util.Set;

/**
 * What a source of events can do, known before it is asked to.
 *
 * @param kinds the kinds that it can report
 * @param actions what a response may do with the instruction
 * @param singleStep whether {@link Response#step} is possible
 * @param stepIntoView whether {@link Response#thenStepInto} is possible
 * @param setsRegisters whether a response may set registers
 * @param missing of what it cannot do, why not and what has it: a sentence each, by the name of the
 *     feature; for people
 */
public record EventFeatures(
    Set<EventKind> kinds,
    Set<Response.Action> actions,
    boolean singleStep,
    boolean stepIntoView,
    boolean setsRegisters,
    Map<String, String> missing) {

  public EventFeatures {
    kinds = Set.copyOf(kinds);
    actions = Set.copyOf(actions);
    missing = Map.copyOf(missing);
  }
}
