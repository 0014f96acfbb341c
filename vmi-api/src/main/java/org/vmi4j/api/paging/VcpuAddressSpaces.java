package org.vmi4j.api.paging;

import java.util.Optional;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpu;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.memory.PhysicalMemory;

/**
 * The address spaces that processors are in, in every mode of x86, AArch32 and AArch64, as their
 * registers have it. It takes no operating system.
 */
public final class VcpuAddressSpaces {
  private static final long EFER_LMA = 1L << 10;
  private static final long CR4_PAE = 1L << 5;

  /** SCTLR.M and SCTLR_EL1.M: the MMU is on. */
  private static final long MMU_ON = 1;

  private VcpuAddressSpaces() {}

  /**
   * Returns the address space of the first processor whose registers define one.
   *
   * @throws org.vmi4j.api.VmiException if registers cannot be read, or have a value that no
   *     processor takes
   */
  public static Optional<AddressSpace> of(Vm vm) {
    return vm.find(Vcpus.class).stream()
        .flatMap(vcpus -> vcpus.all().stream())
        .map(Vcpu::registers)
        .flatMap(registers -> of(vm.physicalMemory(), registers).stream())
        .findFirst();
  }

  /**
   * Returns the address space of a processor with these registers, or empty if those that define
   * its page tables are not known. Where paging is off, addresses are physical ones.
   *
   * @throws org.vmi4j.api.VmiException if a register has a value that no processor takes
   */
  public static Optional<AddressSpace> of(PhysicalMemory memory, RegisterValues registers) {
    return switch (registers.architecture()) {
      case X86, X86_64 -> x86(memory, registers);
      case AARCH64 -> aarch64(memory, registers);
      case ARM -> aarch32(memory, registers);
    };
  }

  /**
   * A source that does not know EFER, as QEMU's dumps, says by the architecture whether a processor
   * is in long mode (target/i386/arch_dump.c of QEMU), and long mode needs PAE. The control
   * registers of a paravirtual guest are not those that its processor runs with.
   */
  private static Optional<AddressSpace> x86(PhysicalMemory memory, RegisterValues registers) {
    if (!registers.has(X86.CR3)) {
      return Optional.empty();
    }
    boolean wide = registers.architecture().pointerSize() == Long.BYTES;
    long cr3 = registers.get(X86.CR3);
    if (memory.addressing() == Addressing.MACHINE) {
      PagingMode mode = wide ? PagingMode.X86_64 : PagingMode.X86_PAE;
      return Optional.of(AddressSpace.of(memory, mode, mode.rootOf(cr3)));
    }
    if (!registers.has(X86.CR0) || !wide && !registers.has(X86.CR4)) {
      return Optional.empty();
    }
    long cr0 = registers.get(X86.CR0);
    long cr4 = registers.getOr(X86.CR4, CR4_PAE);
    long efer = registers.getOr(X86.EFER, wide ? EFER_LMA : 0);
    return Optional.of(X86AddressSpaces.of(memory, cr0, cr3, cr4, efer));
  }

  private static Optional<AddressSpace> aarch64(PhysicalMemory memory, RegisterValues registers) {
    if ((registers.getOr(Arm64.SCTLR_EL1, MMU_ON) & MMU_ON) == 0) {
      return Optional.of(AddressSpace.of(memory, PagingMode.NONE, 0));
    }
    if (!registers.has(Arm64.TCR_EL1) || !registers.has(Arm64.TTBR1_EL1)) {
      return Optional.empty();
    }
    return Optional.of(
        ArmAddressSpaces.aarch64(
            memory,
            registers.getOr(Arm64.TTBR0_EL1, 0),
            registers.get(Arm64.TTBR1_EL1),
            registers.get(Arm64.TCR_EL1)));
  }

  /** Without long descriptors, and with N of 0, TTBR1 is not used. */
  private static Optional<AddressSpace> aarch32(PhysicalMemory memory, RegisterValues registers) {
    if ((registers.getOr(Arm.SCTLR, MMU_ON) & MMU_ON) == 0) {
      return Optional.of(AddressSpace.of(memory, PagingMode.NONE, 0));
    }
    if (!registers.has(Arm.TTBCR) || !registers.has(Arm.TTBR0)) {
      return Optional.empty();
    }
    return Optional.of(
        ArmAddressSpaces.aarch32(
            memory,
            registers.get(Arm.TTBR0),
            registers.getOr(Arm.TTBR1, 0),
            registers.get(Arm.TTBCR)));
  }
}
