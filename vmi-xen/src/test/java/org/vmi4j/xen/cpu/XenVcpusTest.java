package org.vmi4j.xen.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.lifecycle.Teardown.Stage;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.host.FakeHost;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.DomainInfo;

/** Registers and pauses of domains, over the stand-in for Xen's libraries. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class XenVcpusTest {
  private static final int HVM = 5;
  private static final int PV = 6;

  @TempDir private Path folder;
  private FakeXen xen;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    Path memory = folder.resolve("memory");
    Files.write(memory, new byte[1 << 21]);
    xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(HVM, "guest", memory, 0x1ff);
    xen.domain(PV, "old", FakeXen.uuid(PV), 0, 0, memory, 0x1ff);
  }

  private static RegisterValues x86() {
    return new RegisterValues(Architecture.X86_64);
  }

  @Test
  void everyProcessorOfAGuestWithHardwareVirtualizationIsRead() {
    try (Vm vm = xen.open("xen:guest")) {
      List<RegisterValues> all = vm.require(Vcpus.class).registers();
      assertThat(all).hasSize(2);
      assertThat(all.get(1).find(X86.RIP)).hasValue(0x1001);
      assertThat(all.get(1).find(X86.CR3)).hasValue(0x7000);
    }
  }

  @Test
  void aParavirtualGuestIsReadByItsContext() {
    try (Vm vm = xen.open("xen:old")) {
      RegisterValues first = vm.require(Vcpus.class).registers().get(0);
      assertThat(first.find(X86.RIP)).hasValue(0x2000);
      assertThat(first.find(X86.CR3)).hasValue(0x9000);
    }
  }

  @Test
  void registersAreSetWhileTheDomainIsPausedAndTheOthersStay() {
    try (Vm vm = xen.open("xen:guest");
        Vm old = xen.open("xen:old")) {
      vm.require(WritableVcpus.class).write(1, x86().set(X86.RIP, 0xabcdL));
      old.require(WritableVcpus.class).write(0, x86().set(X86.RAX, 42L));

      List<RegisterValues> all = vm.require(Vcpus.class).registers();
      assertThat(all.get(0).find(X86.RIP)).hasValue(0x1000);
      assertThat(all.get(1).find(X86.RIP)).hasValue(0xabcd);
      assertThat(all.get(1).find(X86.CR3)).hasValue(0x7000);
      RegisterValues first = old.require(Vcpus.class).registers().get(0);
      assertThat(first.find(X86.RAX)).hasValue(42);
      assertThat(first.find(X86.RIP)).hasValue(0x2000);
      assertThat(xen.unpausedWrites()).isZero();
      assertThat(xen.pauses(HVM)).isZero();
      assertThatThrownBy(() -> vm.require(WritableVcpus.class).write(2, x86()))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("2");
      assertThatThrownBy(
              () -> vm.require(WritableVcpus.class).write(0, x86().set(X86.USER_CR3, 1L)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("user_cr3");
      assertThat(xen.pauses(HVM)).isZero();
    }
  }

  @Test
  void toSetOneProcessorStopsNoOther() {
    try (Vm vm = xen.open("xen:guest")) {
      vm.require(WritableVcpus.class).write(1, x86().set(X86.RIP, 0xabcdL));
      assertThat(xen.online(HVM)).isEqualTo(2);
    }
  }

  @Test
  void aValueThatXenRefusesLeavesTheProcessorsAsTheyWere() {
    try (Vm vm = xen.open("xen:guest")) {
      assertThatThrownBy(() -> vm.require(WritableVcpus.class).write(0, x86().set(X86.CR0, 0L)))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("EINVAL")
          .hasNoSuppressedExceptions();
      assertThat(xen.online(HVM)).isEqualTo(2);
      assertThat(xen.pauses(HVM)).isZero();
      RegisterValues first = vm.require(Vcpus.class).registers().get(0);
      assertThat(first.find(X86.CR0)).hasValue(0x80050033L);
      assertThat(first.find(X86.RIP)).hasValue(0x1000);
    }
  }

  @Test
  void aProcessorThatIsDownHidesNoOther() {
    xen.takeDown(HVM, 0);
    xen.takeDown(PV, 0);
    for (String uri : List.of("xen:guest", "xen:old")) {
      try (Vm vm = xen.open(uri)) {
        List<RegisterValues> all = vm.require(Vcpus.class).registers();
        assertThat(all).hasSize(2);
        assertThat(all.get(0).isEmpty()).isTrue();
        assertThat(all.get(1).find(X86.CR3).orElseThrow()).isNotZero();
        assertThatThrownBy(() -> vm.require(WritableVcpus.class).write(0, x86().set(X86.RIP, 1L)))
            .isInstanceOf(VmiException.class);
      }
    }
    try (Vm vm = xen.open("xen:guest")) {
      vm.require(WritableVcpus.class).write(1, x86().set(X86.RIP, 0xabcdL));
      assertThat(xen.online(HVM)).isEqualTo(1);
    }
  }

  @Test
  void aProcessorOfArmIsReadAndSetByItsContext() {
    Libraries libraries = new Libraries(FakeHost.of(xen));
    try (Hypervisor hypervisor = Hypervisor.open(FakeHost.of(xen), libraries)) {
      DomainInfo info = hypervisor.domain(HVM).orElseThrow();
      XenDomain domain = new XenDomain(hypervisor, info, Optional.empty());
      Teardown teardown = new Teardown("the domain", Stage.GUESTS);
      XenVcpus vcpus =
          new XenVcpus(
              domain, Architecture.AARCH64, new XenPausing(domain, teardown, Journal.NONE));
      vcpus.write(
          1,
          new RegisterValues(Architecture.AARCH64)
              .set(Arm64.PC, 0xffff_8000_0010_0000L)
              .set(Arm64.TTBR1_EL1, 0x7_0000_4123_0001L));

      List<RegisterValues> all = vcpus.registers();
      assertThat(all.get(0).find(Arm64.PC)).hasValue(0);
      assertThat(all.get(1).architecture()).isEqualTo(Architecture.AARCH64);
      assertThat(all.get(1).find(Arm64.PC)).hasValue(0xffff_8000_0010_0000L);
      assertThat(all.get(1).find(Arm64.TTBR1_EL1)).hasValue(0x7_0000_4123_0001L);
      assertThat(all.get(1).find(Arm64.TCR_EL1)).hasValue(0);
      assertThat(xen.unpausedWrites()).isZero();
    }
  }

  @Test
  void pausesAreCountedAndEachIsEndedOnce() {
    try (Vm vm = xen.open("xen:guest")) {
      Pausing pausing = vm.require(Pausing.class);
      Pausing.Pause first = pausing.pause();
      Pausing.Pause second = pausing.pause();
      assertThat(xen.pauses(HVM)).isEqualTo(1);
      second.close();
      second.close();
      assertThat(xen.pauses(HVM)).isEqualTo(1);
      first.close();
      assertThat(xen.pauses(HVM)).isZero();
      pausing.pause();
    }
    assertThat(xen.pauses(HVM)).isZero();
  }

  @Test
  void whatFailsOnCloseKeepsNothingOpen() {
    Vm vm = xen.open("xen:guest");
    Pausing pausing = vm.require(Pausing.class);
    Pausing.Pause pause = pausing.pause();
    xen.fail("xc_domain_unpause", Errno.EACCES, 1);
    assertThatThrownBy(vm::close)
        .hasMessageContaining("cannot unpause the domain guest (" + HVM + "): EACCES")
        .hasMessageContaining("run: xl unpause " + HVM);
    assertThat(xen.handles()).isZero();
    vm.close();
    pause.close();
    assertThatThrownBy(pausing::pause).hasMessageContaining("is closed; open it again");
    assertThat(xen.pauses(HVM)).isEqualTo(1);
  }

  @Test
  void aPauseThatWasOpenWhenTheDomainWasClosedIsNoneForAnotherOne() {
    Vm vm = xen.open("xen:guest");
    Pausing pausing = vm.require(Pausing.class);
    Pausing.Pause pause = pausing.pause();
    vm.close();
    assertThat(xen.pauses(HVM)).isZero();
    assertThatThrownBy(pausing::pause).hasMessageContaining("is closed; open it again");
    pause.close();
    assertThat(xen.pauses(HVM)).isZero();
  }

  @Test
  void aDomainThatSomebodyElsePausedStaysPaused() {
    xen.pauseByAnother(HVM);
    try (Vm vm = xen.open("xen:guest")) {
      vm.require(Pausing.class).whilePaused(() -> assertThat(xen.pauses(HVM)).isEqualTo(2));
    }
    assertThat(xen.pauses(HVM)).isEqualTo(1);
  }

  @Test
  void manyThreadsMayPauseAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Vm vm = xen.open("xen:guest")) {
      Pausing pausing = vm.require(Pausing.class);
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            threads.submit(
                () -> {
                  for (int j = 0; j < 200; j++) {
                    pausing.whilePaused(() -> assertThat(xen.pauses(HVM)).isEqualTo(1));
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      assertThat(xen.pauses(HVM)).isZero();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void refusalsAreExplainedAndADomainThatEndsIsGone() {
    try (Vm vm = xen.open("xen:guest")) {
      xen.fail("xc_domain_pause", Errno.EACCES, 1);
      assertThatThrownBy(() -> vm.require(Pausing.class).pause())
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("XSM");
      Pausing.Pause pause = vm.require(Pausing.class).pause();
      xen.destroy(HVM, true);
      pause.close();
      assertThatThrownBy(() -> vm.require(Vcpus.class).registers())
          .isInstanceOf(VmGoneException.class);
      assertThatThrownBy(() -> vm.require(Pausing.class).pause())
          .isInstanceOf(VmGoneException.class);
    }
  }
}
