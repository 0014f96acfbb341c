package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.event.SingleStepEvent;

/** The tasks that the processors of real guests executed when their memory was saved. */
@ParameterizedClass
@MethodSource("org.vmi4j.os.linux.LinuxTruthTest#guests")
class RunningTasksTest {
  private static final long USER_TABLE = 0x1000;
  private static final long PROGRAM = 0x40_1000;

  private final Linux linux;
  private final boolean arm;
  private final RunningTasks running;

  RunningTasksTest(GuestFiles guest) {
    this.linux = Linux.detect(Vmi.open(guest.uri()));
    this.arm = linux.kernel().architecture() == Architecture.AARCH64;
    this.running = linux.runningTasks();
  }

  @AfterEach
  void close() {
    linux.vm().close();
  }

  private List<RegisterValues> processors() {
    return linux.vm().require(Vcpus.class).registers();
  }

  private RunningTask on(int vcpu, RegisterValues registers) {
    return running.of(vcpu, EventRegisters.of(registers)).orElseThrow();
  }

  /**
   * The stack pointer of a processor in the kernel is in the stack of the task that it executes.
   */
  private void assertOwnsTheStack(RunningTask task, RegisterValues registers) {
    long stack =
        linux
            .profile()
            .types()
            .struct("task_struct")
            .orElseThrow()
            .field("stack")
            .orElseThrow()
            .read(linux.addressSpace(), task.address());
    long pointer = registers.get(arm ? Arm64.SP : X86.RSP);
    assertThat(pointer - stack).as(task.toString()).isBetween(0L, 1L << 16);
  }

  @Test
  void everyProcessorExecutesTheTaskWhoseStackItUses() {
    Set<Long> found = new HashSet<>();
    List<RegisterValues> processors = processors();
    for (int vcpu = 0; vcpu < processors.size(); vcpu++) {
      RunningTask task = on(vcpu, processors.get(vcpu));
      assertOwnsTheStack(task, processors.get(vcpu));
      found.add(task.address());
      if (task.id() == 0) {
        assertThat(task.name()).isEqualTo("swapper/" + vcpu);
        assertThat(task.processId()).isZero();
      }
    }
    assertThat(found).hasSameSizeAs(processors).isNotEmpty();
  }

  @Test
  void processorsMayBeNumberedOtherwiseThanTheKernelNumbersThem() {
    List<RegisterValues> processors = processors();
    if (!arm && processors.size() > 1) {
      assertThat(on(1, processors.get(0))).isEqualTo(on(0, processors.get(0)));
      assertThat(on(0, processors.get(1))).isEqualTo(on(1, processors.get(1)));
    }
  }

  /** SWAPGS has exchanged the bases, and a program has put a lie into its own. */
  @Test
  void theBaseOfAProgramIsNotTrusted() {
    if (!arm) {
      RegisterValues kernel = processors().get(0);
      RegisterValues program = new RegisterValues(Architecture.X86_64);
      program.set(X86.RIP, PROGRAM).set(X86.KERNEL_GS_BASE, kernel.get(X86.GS_BASE));
      program.set(X86.GS_BASE, 0xffff_8880_0000_0000L);
      assertThat(on(0, program)).isEqualTo(on(0, kernel));
      RegisterValues little = new RegisterValues(Architecture.X86_64).set(X86.RIP, PROGRAM);
      assertThat(on(0, little)).isEqualTo(on(0, kernel));
    }
  }

  @Test
  void theStackPointerOfProgramsIsTheTaskInTheKernelOfArm() {
    if (arm) {
      for (LinuxThread thread : linux.threads()) {
        RegisterValues kernel = new RegisterValues(Architecture.AARCH64);
        kernel.set(Arm64.PSTATE, 5).set(Arm64.SP_EL0, thread.address());
        RunningTask task = on(0, kernel);
        assertThat(task.address()).isEqualTo(thread.address());
        assertThat(task.id()).isEqualTo(thread.id());
      }
    }
  }

  /** An event whose processor ran on tells no more than its page tables. */
  private Optional<RunningTask> ofTables(long root) {
    RegisterValues registers = new RegisterValues(linux.kernel().architecture());
    registers.set(arm ? Arm64.TTBR0_EL1 : X86.CR3, root);
    SingleStepEvent event = new SingleStepEvent();
    event.begin(1, 0, 0, 0, false, EventRegisters.of(registers));
    return running.of(event);
  }

  @Test
  void everyProcessIsFoundByItsPageTables() {
    List<LinuxProcess> programs =
        linux.processes().stream().filter(LinuxTask::hasUserMemory).toList();
    for (int round = 0; round < 2; round++) {
      for (LinuxProcess process : programs) {
        long root = process.addressSpace().root();
        long flags = arm ? 5L << 48 | 1 : 0x8000_0000_0000_0005L;
        for (long each : arm ? new long[] {root, root | flags} : withUser(root, flags)) {
          RunningTask found = ofTables(each).orElseThrow();
          assertThat(running.using(each)).contains(found);
          assertThat(found.processId()).isEqualTo(process.id());
          assertThat(found.processName()).isEqualTo(process.name());
        }
      }
    }
    assertThat(programs).hasSizeGreaterThan(5);
  }

  private static long[] withUser(long root, long flags) {
    return new long[] {root, root | flags, root | USER_TABLE, root | USER_TABLE | flags};
  }

  @Test
  void tablesOfNoProcessAreOfNobody() {
    assertThat(ofTables(0x7000)).isEmpty();
    assertThat(ofTables(0x7000)).isEmpty();
    assertThat(ofTables(linux.kernel().addressSpace().highRoot())).isEmpty();
  }

  @Test
  void threadsAreFoundByTheirAddress() {
    List<String> expected = new ArrayList<>();
    List<String> found = new ArrayList<>();
    for (LinuxThread thread : linux.threads()) {
      expected.add(thread + " of " + thread.process());
      LinuxThread same = linux.thread(thread.address());
      found.add(same + " of " + same.process());
    }
    assertThat(found).isEqualTo(expected);
  }
}
