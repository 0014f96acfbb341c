package org.vmi4j.api.event;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;

/** The registers that an event carries. Reading one allocates nothing. */
public interface EventRegisters {

  /** Those of an event that carries none. */
  EventRegisters NONE = of(new RegisterValues(Architecture.X86_64));

  /** The architecture whose registers these are. */
  Architecture architecture();

  /** Returns whether the event carries a register. */
  boolean has(Register register);

  /**
   * Returns one register.
   *
   * @throws VmiException if the event does not carry it
   */
  long get(Register register);

  /** Reads all registers; those that the event does not carry stay as they are. */
  void readAll(RegisterValues into);

  /** Returns values as the registers of an event. */
  static EventRegisters of(RegisterValues values) {
    return new EventRegisters() {
      @Override
      public Architecture architecture() {
        return values.architecture();
      }

      @Override
      public boolean has(Register register) {
        return register.isOf(values.architecture()) && values.has(register);
      }

      @Override
      public long get(Register register) {
        return values.get(register);
      }

      @Override
      public void readAll(RegisterValues into) {
        values.forEach(into::set);
      }
    };
  }
}
