package org.vmi4j.api.event;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * What a processor does after an event. A response does not change; each method returns another
 * one. The plain ones are constants, so a handler that answers the same each time allocates
 * nothing.
 *
 * <p>What a source cannot do it says in {@link EventFeatures#actions}, and refuses when it is asked
 * for.
 */
public final class Response {

  /** What becomes of the instruction that caused the event. */
  public enum Action {
    /** The processor goes on with it. */
    RESUME,
    /** The write to the register does not take place. */
    DENY,
    /**
     * The hypervisor emulates the instruction, with the rights of its frames disregarded. Xen 4.17
     * has been seen to end a guest with an invalid state after some hundred of these; prefer a
     * single step.
     */
    EMULATE,
    /** As {@link #EMULATE}, and what it writes to memory is dropped. */
    EMULATE_WITHOUT_WRITE,
    /** The exception of the event is delivered to the guest. */
    REINJECT
  }

  private static final int SAME_VIEW = -1;
  private static final Response RESUME =
      new Response(Action.RESUME, false, SAME_VIEW, SAME_VIEW, null);
  private static final Response STEP =
      new Response(Action.RESUME, true, SAME_VIEW, SAME_VIEW, null);
  private static final Response DENY = new Response(Action.DENY, false, SAME_VIEW, SAME_VIEW, null);
  private static final Response EMULATE =
      new Response(Action.EMULATE, false, SAME_VIEW, SAME_VIEW, null);
  private static final Response REINJECT =
      new Response(Action.REINJECT, false, SAME_VIEW, SAME_VIEW, null);

  private final Action action;
  private final boolean step;
  private final int view;
  private final int viewAfterStep;
  private final RegisterValues registers;

  private Response(
      Action action, boolean step, int view, int viewAfterStep, RegisterValues registers) {
    this.action = action;
    this.step = step;
    this.view = view;
    this.viewAfterStep = viewAfterStep;
    this.registers = registers;
  }

  /** The processor goes on. */
  public static Response resume() {
    return RESUME;
  }

  /**
   * The processor executes one instruction, after which a {@link SingleStepEvent} comes. It steps
   * on as long as those are answered with this, too.
   */
  public static Response step() {
    return STEP;
  }

  /** The write to a register does not take place. */
  public static Response deny() {
    return DENY;
  }

  /** The hypervisor emulates the instruction. */
  public static Response emulate() {
    return EMULATE;
  }

  /** The exception is delivered to the guest. */
  public static Response reinject() {
    return REINJECT;
  }

  /** Returns this response with another action. */
  public Response with(Action other) {
    return new Response(Objects.requireNonNull(other), step, view, viewAfterStep, registers);
  }

  /** Returns this response, after which the processor executes one instruction. */
  public Response thenStep() {
    return new Response(action, true, view, viewAfterStep, registers);
  }

  /** Returns this response, with which the processor changes to a view. */
  public Response inView(int other) {
    return new Response(action, step, other, viewAfterStep, registers);
  }

  /**
   * Returns this response, with which the processor executes one instruction in the view that is
   * set, and then changes to another one without an event in between.
   */
  public Response thenStepInto(int other) {
    return new Response(action, true, view, other, registers);
  }

  /**
   * Returns this response, with which registers are set; those that are not among the values keep
   * theirs.
   *
   * @param values a copy of them is taken
   */
  public Response withRegisters(RegisterValues values) {
    return new Response(action, step, view, viewAfterStep, values.copy());
  }

  /** What becomes of the instruction. */
  public Action action() {
    return action;
  }

  /** Whether one instruction is executed before the next event. */
  public boolean isStep() {
    return step;
  }

  /** The view to change to, if it is to be changed. */
  public OptionalInt view() {
    return view == SAME_VIEW ? OptionalInt.empty() : OptionalInt.of(view);
  }

  /** The view to change to after one instruction, without an event. */
  public OptionalInt viewAfterStep() {
    return viewAfterStep == SAME_VIEW ? OptionalInt.empty() : OptionalInt.of(viewAfterStep);
  }

  /** The registers to set. Belongs to the response: do not change it. */
  public Optional<RegisterValues> registers() {
    return Optional.ofNullable(registers);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Response that
        && action == that.action
        && step == that.step
        && view == that.view
        && viewAfterStep == that.viewAfterStep
        && Objects.equals(registers, that.registers);
  }

  @Override
  public int hashCode() {
    return Objects.hash(action, step, view, viewAfterStep, registers);
  }

  @Override
  public String toString() {
    return action
        + (step ? ", step" : "")
        + (view == SAME_VIEW ? "" : ", view " + view)
        + (viewAfterStep == SAME_VIEW ? "" : ", then view " + viewAfterStep)
        + (registers == null ? "" : ", set " + registers);
  }
}
