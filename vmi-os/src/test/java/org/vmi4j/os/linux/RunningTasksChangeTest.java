package org.vmi4j.os.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;

/** Tasks that come, go and lie while they are looked for. */
class RunningTasksChangeTest {
  private Vm image;
  private MockMemory memory;
  private Linux linux;
  private RunningTasks running;
  private EventRegisters registers;

  @BeforeEach
  void open() {
    image = Vmi.open(GuestFiles.bundled().uri());
    memory = MockMemory.over(image.physicalMemory(), image.physicalMemory().end());
    RegisterValues values = image.require(Vcpus.class).vcpu(0).registers();
    registers = EventRegisters.of(values);
    linux =
        Linux.detect(
            new MockVm("guest", memory)
                .architecture(Architecture.X86_64)
                .registers(image.require(Vcpus.class).registers()));
    running = linux.runningTasks();
  }

  @AfterEach
  void close() {
    linux.vm().close();
    image.close();
  }

  private long physical(long address) {
    return Lookup.physical(linux.addressSpace().lookup(address));
  }

  private long member(String name) {
    return linux
        .profile()
        .types()
        .struct("task_struct")
        .orElseThrow()
        .field(name)
        .orElseThrow()
        .offset();
  }

  private RunningTask now() {
    return running.of(0, registers).orElseThrow();
  }

  @Test
  void aTaskThatIsAnotherNowIsNotTakenForTheOldOne() {
    RunningTask first = now();
    assertThat(now()).isSameAs(first);
    memory.put(physical(first.address() + member("comm")), "other\u001b[2J\0".getBytes(UTF_8));
    assertThat(now().name()).isEqualTo("other\u001b[2J");
    memory.putInt(physical(first.address() + member("pid")), 4711);
    assertThat(now().id()).isEqualTo(4711);
    memory.putInt(physical(first.address() + member("tgid")), 4710);
    assertThat(now().processId()).isEqualTo(4710);
    LinuxProcess leader = linux.process(1);
    memory.putLong(physical(first.address() + member("group_leader")), leader.address());
    assertThat(now().processName()).isEqualTo(leader.name());
    memory.put(physical(leader.address() + member("comm")), "renamed\0".getBytes(UTF_8));
    assertThat(now().processName()).isEqualTo("renamed");
    assertThat(now()).isSameAs(now());
  }

  @Test
  void aPointerThatLeadsNowhereIsNoTask() {
    long variable =
        linux.symbols().address("current_task").orElseThrow() + registers.get(X86.GS_BASE);
    for (long lie : new long[] {8, -8, 0x1234_5678_9abc_def0L, Long.MIN_VALUE}) {
      memory.putLong(physical(variable), lie);
      assertThat(running.of(0, registers)).as(Long.toHexString(lie)).isEmpty();
    }
    memory.putLong(physical(variable), linux.process(1).address());
    assertThat(now().id()).isEqualTo(1);
  }

  /** The process ends, and another one gets its page tables; a cached answer would be wrong. */
  @Test
  void pageTablesOfAProcessThatEndedAreThoseOfTheNext() {
    LinuxProcess first = linux.process(1);
    LinuxProcess second =
        linux.processes().stream()
            .filter(process -> process.id() > 1 && process.hasUserMemory())
            .findFirst()
            .orElseThrow();
    long root = first.addressSpace().root();
    assertThat(running.using(root).orElseThrow().id()).isEqualTo(1);
    long mm = linux.addressSpace().readLong(first.address() + member("mm"));
    memory.putLong(physical(first.address() + member("mm")), 0);
    memory.putLong(physical(second.address() + member("mm")), mm);
    assertThat(running.using(root).orElseThrow().id()).isEqualTo(second.id());
  }

  @Test
  void nothingIsAllocatedForATaskThatIsKnown() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 20_000; i++) {
      now();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    int times = 10_000;
    for (int i = 0; i < times; i++) {
      now();
    }
    assertThat((threads.getCurrentThreadAllocatedBytes() - before) / times).isZero();
  }
}
