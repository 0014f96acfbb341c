package org.vmi4j.api.event;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;

/**
 * One event of a running machine: what one virtual processor did or is about to do.
 *
 * <p>A source has one object of each kind and fills it anew for each event, so nothing is allocated
 * for an event. An event is therefore valid only until its handler returns, in the thread that
 * called it; {@link #keep} returns a copy that lasts.
 */
public abstract sealed class Event
    permits RegisterWriteEvent,
        MsrWriteEvent,
        MemoryAccessEvent,
        BreakpointEvent,
        SingleStepEvent,
        DebugExceptionEvent,
        CpuidEvent,
        DescriptorAccessEvent,
        GuestRequestEvent,
        PrivilegedCallEvent,
        InterruptEvent,
        EmulationFailureEvent,
        VmExitEvent,
        IoEvent,
        UnknownEvent {
  private long sequence;
  private long time;
  private int vcpu;
  private int view;
  private boolean waiting;
  private EventRegisters registers = EventRegisters.NONE;

  Event() {}

  /** The kind of the event, one for each class. */
  public abstract EventKind kind();

  /** The number of the event on its channel, counted from 1 in the order of arrival. */
  public final long sequence() {
    return sequence;
  }

  /** When it arrived, in nanoseconds since the epoch of 1970. */
  public final long time() {
    return time;
  }

  /** The number of the virtual processor, from 0. */
  public final int vcpu() {
    return vcpu;
  }

  /** The view through which the processor saw memory ({@link Views}); 0 where there are none. */
  public final int view() {
    return view;
  }

  /**
   * Whether the processor waits for the answer. If not, it runs on already, and an answer has no
   * effect.
   */
  public final boolean isWaiting() {
    return waiting;
  }

  /**
   * The registers of the processor as the event carries them. Of a write to a control register they
   * hold the value before it.
   */
  public final EventRegisters registers() {
    return registers;
  }

  /**
   * Returns one register as the event carries it.
   *
   * @throws org.vmi4j.api.VmiException if the event does not carry it
   */
  public final long register(Register register) {
    return registers.get(register);
  }

  /** Returns whether the event carries the address of an instruction. */
  public final boolean hasProgramCounter() {
    return registers.has(programCounterOf(registers.architecture()));
  }

  /**
   * Returns the address of the instruction that the processor executes, or is about to execute.
   *
   * @throws org.vmi4j.api.VmiException if the event does not carry it
   */
  public final long programCounter() {
    return registers.get(programCounterOf(registers.architecture()));
  }

  private static Register programCounterOf(Architecture architecture) {
    return switch (architecture) {
      case X86, X86_64 -> X86.RIP;
      case AARCH64 -> Arm64.PC;
      case ARM -> Arm.PC;
    };
  }

  /** Returns a copy that does not change when the source fills this object anew. */
  public abstract Event keep();

  /** Visits what describes this kind of event, for output and for records. */
  public abstract void describe(Details details);

  /** Receives the fields of an event that are peculiar to its kind. */
  public interface Details {
    /** Receives a number that people count, or read in decimal. */
    void number(String name, long value);

    /** Receives an address or a register's value. */
    void address(String name, long value);

    /** Receives a word. */
    void text(String name, String value);
  }

  /**
   * Fills in what all kinds have; called by sources.
   *
   * @param newRegisters valid as long as the event
   */
  public final void begin(
      long newSequence,
      long newTime,
      int newVcpu,
      int newView,
      boolean waits,
      EventRegisters newRegisters) {
    sequence = newSequence;
    time = newTime;
    vcpu = newVcpu;
    view = newView;
    waiting = waits;
    registers = newRegisters;
  }

  /** Fills in a copy. */
  final <E extends Event> E keptIn(E copy) {
    RegisterValues values = new RegisterValues(registers.architecture());
    registers.readAll(values);
    copy.begin(sequence, time, vcpu, view, waiting, EventRegisters.of(values));
    return copy;
  }

  /** The kind and its details in one line, for logs. */
  @Override
  public final String toString() {
    StringBuilder text = new StringBuilder();
    text.append('#').append(sequence).append(" vcpu ").append(vcpu).append(' ').append(kind());
    describe(
        new Details() {
          @Override
          public void number(String name, long value) {
            text(name, String.valueOf(value));
          }

          @Override
          public void address(String name, long value) {
            text(name, "0x" + Long.toHexString(value));
          }

          @Override
          public void text(String name, String value) {
            text.append(' ').append(name).append('=').append(value);
          }
        });
    return text.toString();
  }
}
