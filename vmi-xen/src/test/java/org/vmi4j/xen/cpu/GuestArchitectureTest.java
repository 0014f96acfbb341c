package org.vmi4j.xen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vmi4j.api.Architecture.AARCH64;
import static org.vmi4j.api.Architecture.X86;
import static org.vmi4j.api.Architecture.X86_64;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.host.FakeHost;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Libraries;

/** Guests of 32 bits on hosts of 64 bits. */
class GuestArchitectureTest {
  private static final int HVM = 5;
  private static final int PV = 6;
  private static final int CR0 = 656;
  private static final int EFER = 992;
  private static final int PSTATE = 264;
  private static final int TCR = 328;

  @TempDir private Path folder;
  private FakeXen xen;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    Path memory = Files.write(folder.resolve("memory"), new byte[3 * 4096]);
    xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(HVM, "guest", memory, 2);
    xen.domain(PV, "pv", FakeXen.uuid(PV), FakeXen.RUNNING, 0, memory, 2);
  }

  private Architecture of(int id, Architecture host) {
    try (Hypervisor hypervisor =
        Hypervisor.open(FakeHost.of(xen), new Libraries(FakeHost.of(xen)))) {
      return GuestArchitecture.of(
          new XenDomain(hypervisor, hypervisor.domain(id).orElseThrow(), Optional.empty()), host);
    }
  }

  @Test
  void xenTellsTheWidthOfAParavirtualGuest() {
    assertThat(of(PV, X86_64)).isEqualTo(X86_64);
    xen.width(PV, 4);
    assertThat(of(PV, X86_64)).isEqualTo(X86);
  }

  /** In real mode at first, then with paging, and long mode as soon as one processor is in it. */
  @Test
  void theModeOfItsProcessorsTellsThatOfAnother() {
    for (int vcpu = 0; vcpu < 2; vcpu++) {
      xen.saved(HVM, vcpu, EFER, 0);
      xen.saved(HVM, vcpu, CR0, 0x10);
    }
    assertThat(of(HVM, X86_64)).isEqualTo(X86_64);
    xen.saved(HVM, 0, CR0, 0x8000_0011L);
    assertThat(of(HVM, X86_64)).isEqualTo(X86);
    xen.saved(HVM, 1, EFER, 0x500);
    assertThat(of(HVM, X86_64)).isEqualTo(X86_64);
    xen.takeDown(HVM, 1);
    assertThat(of(HVM, X86_64)).isEqualTo(X86);
    xen.takeDown(HVM, 0);
    assertThat(of(HVM, X86_64)).isEqualTo(X86_64);
  }

  @ParameterizedTest
  @CsvSource({
    "0x5, 0, AARCH64",
    "0x0, 0x5b5503510, AARCH64",
    "0x13, 0, ARM",
    "0x1f, 0x80000000, ARM",
    "0x800f0010, 0, ARM",
    "0x10, 0xb5023500, ARM",
    "0x10, 0x37, ARM",
    "0x10, 0x80800700, ARM",
    "0x10, 0x5b5503510, AARCH64",
    "0x10, 0x27501d01d, AARCH64",
    "0x10, 0xf5903590, AARCH64",
  })
  void theModeOfItsKernelTellsThatOfAnArmGuest(String pstate, String tcr, Architecture expected) {
    xen.context(HVM, 0, PSTATE, Long.decode(pstate));
    xen.context(HVM, 0, TCR, Long.decode(tcr));
    assertThat(of(HVM, AARCH64)).isEqualTo(expected);
  }

  @Test
  void withoutARightToRegistersItIsTheHosts() {
    xen.fail("xc_domain_hvm_getcontext_partial", Errno.EACCES, 1);
    assertThat(of(HVM, X86_64)).isEqualTo(X86_64);
    xen.fail("xc_vcpu_getcontext", Errno.EACCES, 1);
    assertThat(of(HVM, AARCH64)).isEqualTo(AARCH64);
    xen.takeDown(HVM, 0);
    xen.takeDown(HVM, 1);
    assertThat(of(HVM, AARCH64)).isEqualTo(AARCH64);
  }

  @Test
  void aMachineOf32BitsHasItsPointersAndRegisters() {
    xen.width(PV, 4);
    xen.saved(HVM, 0, EFER, 0);
    xen.saved(HVM, 1, EFER, 0);
    for (String uri : new String[] {"xen:guest", "xen:pv"}) {
      try (Vm vm = xen.open(uri)) {
        assertThat(vm.architecture()).contains(X86);
        assertThat(vm.physicalMemory().pointerSize()).isEqualTo(4);
        RegisterValues registers = vm.require(Vcpus.class).vcpu(0).registers();
        assertThat(registers.architecture()).isEqualTo(X86);
        assertThat(registers.find(org.vmi4j.api.cpu.X86.CR3)).isPresent();
      }
    }
  }
}
