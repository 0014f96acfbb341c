package org.vmi4j.xenabi.event;

import java.util.List;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterLayout;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventRegisters;

/** The registers in a slot, read when they are asked for. */
public final class VmEventRegisters implements EventRegisters {
  /** {@code struct vm_event_x86_selector_reg}: a limit of 20 bits, access rights of 12. */
  private static final int LIMIT = 0xfffff;

  /** The flag G among the access rights: the limit counts pages (Intel SDM volume 3A, 3.4.5). */
  private static final int GRANULARITY = 1 << 31;

  private static final List<X86> LIMITS =
      List.of(X86.CS_LIMIT, X86.SS_LIMIT, X86.DS_LIMIT, X86.ES_LIMIT, X86.FS_LIMIT, X86.GS_LIMIT);

  private final VmEventSlot slot;
  private final Architecture architecture;
  private final RegisterLayout registers;
  private final RegisterLayout settable;

  /** How many limits there are: all or none. */
  private final int limits;

  /**
   * @param architecture that of the guest
   */
  public VmEventRegisters(VmEventSlot slot, Architecture architecture) {
    this.slot = slot;
    this.architecture = architecture;
    this.registers = slot.layout().registers(architecture);
    this.settable = slot.layout().settable(architecture);
    boolean x86 = architecture == Architecture.X86 || architecture == Architecture.X86_64;
    this.limits = x86 && slot.layout().hasPackedSelectors() ? LIMITS.size() : 0;
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public boolean has(Register register) {
    return register.isOf(architecture) && (registers.has(register) || limitOf(register) >= 0);
  }

  @Override
  public long get(Register register) {
    if (registers.has(register)) {
      return registers.read(slot.bytes(), register);
    }
    int limit = limitOf(register);
    if (limit < 0) {
      throw new VmiException("the event does not carry the register " + register.label());
    }
    return limit(limit);
  }

  @Override
  public void readAll(RegisterValues into) {
    registers.read(slot.bytes(), into);
    for (int i = 0; i < limits; i++) {
      into.set(LIMITS.get(i), limit(i));
    }
  }

  /** Which of the packed selectors has the limit; -1 if none. */
  private int limitOf(Register register) {
    for (int i = 0; i < limits; i++) {
      if (LIMITS.get(i) == register) {
        return i;
      }
    }
    return -1;
  }

  private long limit(int selector) {
    int packed = slot.bytes().getInt(slot.layout().packedSelectors() + selector * Integer.BYTES);
    long limit = packed & LIMIT;
    return (packed & GRANULARITY) != 0 ? limit << 12 | 0xfff : limit;
  }

  /** Whether a response can set all of the registers. */
  public boolean canSet(RegisterValues values) {
    boolean[] all = {true};
    values.forEach((register, value) -> all[0] &= settable.has(register));
    return all[0];
  }

  /** Sets registers in the slot; those that a response cannot set are left out. */
  public void set(RegisterValues values) {
    settable.write(slot.bytes(), values);
  }

  /**
   * Refuses registers that a response cannot set.
   *
   * @throws IllegalArgumentException with those that it can
   */
  public void check(RegisterValues values) {
    settable.check(values);
  }
}
