package org.vmi4j.events;

import java.util.Arrays;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventRegisters;

/**
 * Selects events before a handler is called. A filter does not change; each method returns a
 * narrower one.
 */
public final class EventFilter {
  /** Selects all events. */
  public static final EventFilter ALL = new EventFilter(-1, new long[0], 0, -1L);

  /** CR3 without flags, PCID and the bits of linear-address masking: Intel SDM volume 3A, 4.5. */
  private static final long CR3_ROOT = 0x000f_ffff_ffff_f000L;

  /** TTBR0_EL1 without ASID and CnP: Arm ARM, D24.2. */
  private static final long TTBR_ROOT = 0x0000_ffff_ffff_fffeL;

  /** TTBR0 of 32-bit Arm without flags and, with long descriptors, ASID: Arm ARM, G8.2. */
  private static final long SHORT_ROOT = 0x0000_00ff_ffff_ff80L;

  private static final long UNKNOWN_ROOT = -1;
  private static final int ANY = -1;

  private final int vcpu;
  private final long[] roots;
  private final long firstCode;
  private final long lastCode;

  private EventFilter(int vcpu, long[] roots, long firstCode, long lastCode) {
    this.vcpu = vcpu;
    this.roots = roots;
    this.firstCode = firstCode;
    this.lastCode = lastCode;
  }

  /** Selects events of one virtual processor. */
  public EventFilter vcpu(int index) {
    return new EventFilter(index, roots, firstCode, lastCode);
  }

  /**
   * Selects events in an address space.
   *
   * @param tables the physical addresses of the top page tables that it uses: several where the
   *     kernel has another one for programs (page-table isolation)
   */
  public EventFilter roots(long... tables) {
    return new EventFilter(vcpu, tables.clone(), firstCode, lastCode);
  }

  /**
   * Selects events of instructions in a range of addresses.
   *
   * @param first the first address
   * @param last the last one, compared as unsigned numbers
   */
  public EventFilter code(long first, long last) {
    return new EventFilter(vcpu, roots, first, last);
  }

  /** Returns whether an event passes. What the event does not carry does not pass. */
  public boolean matches(Event event) {
    return (vcpu == ANY || vcpu == event.vcpu())
        && (roots.length == 0 || isInRoots(event.registers()))
        && (firstCode == 0 && lastCode == -1L || isInCode(event));
  }

  /** Returns the physical address of the page tables that an event carries; -1 if it does not. */
  static long rootOf(EventRegisters registers) {
    return switch (registers.architecture()) {
      case X86, X86_64 -> registers.has(X86.CR3) ? registers.get(X86.CR3) & CR3_ROOT : UNKNOWN_ROOT;
      case AARCH64 ->
          registers.has(Arm64.TTBR0_EL1)
              ? registers.get(Arm64.TTBR0_EL1) & TTBR_ROOT
              : UNKNOWN_ROOT;
      case ARM -> registers.has(Arm.TTBR0) ? registers.get(Arm.TTBR0) & SHORT_ROOT : UNKNOWN_ROOT;
    };
  }

  private boolean isInRoots(EventRegisters registers) {
    long root = rootOf(registers);
    for (long each : roots) {
      if (each == root) {
        return true;
      }
    }
    return false;
  }

  private boolean isInCode(Event event) {
    if (!event.hasProgramCounter()) {
      return false;
    }
    long at = event.programCounter();
    return Long.compareUnsigned(at, firstCode) >= 0 && Long.compareUnsigned(at, lastCode) <= 0;
  }

  @Override
  public String toString() {
    return "vcpu "
        + (vcpu == ANY ? "any" : vcpu)
        + ", roots "
        + Arrays.toString(roots)
        + ", code 0x"
        + Long.toHexString(firstCode)
        + " to 0x"
        + Long.toHexString(lastCode);
  }
}
