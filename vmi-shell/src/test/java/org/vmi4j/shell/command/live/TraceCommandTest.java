package org.vmi4j.shell.command.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.command.live.WatchedGuest.Run;
import org.vmi4j.shell.session.ExitCode;

/** Traces the bundled guest, whose calls the tests make. */
@Timeout(60)
class TraceCommandTest {
  private final WatchedGuest guest = new WatchedGuest();
  private long sequence;

  @AfterEach
  void close() {
    guest.close();
  }

  private void fire(long rip, long stack, long registers, long result) {
    RegisterValues values = new RegisterValues(Architecture.X86_64);
    guest.linux().vm().require(Vcpus.class).vcpu(0).registers().forEach(values::set);
    values.set(X86.RIP, rip).set(X86.RSP, stack).set(X86.RDI, registers).set(X86.RAX, result);
    BreakpointEvent event = new BreakpointEvent().fill(guest.physical(rip), 1, 6);
    event.begin(++sequence, WatchedGuest.TIME, 0, 0, true, EventRegisters.of(values));
    guest.source().fire(event);
  }

  @Test
  void aCallIsARecordWhenItHasReturned() {
    LinuxProcess process = guest.linux().process(1);
    guest.execute(0, process);
    long stack =
        guest
            .linux()
            .profile()
            .types()
            .struct("task_struct")
            .orElseThrow()
            .field("stack")
            .orElseThrow()
            .read(guest.linux().addressSpace(), process.address());
    long back = guest.symbol("schedule");
    guest.memory().putLong(guest.physical(stack), back);
    fire(guest.symbol("__x64_sys_getpid"), stack, stack + 1024, 0);
    fire(back, stack + 16, 0, 99);
    fire(back, stack + 8, 0, 42);
    Run run =
        guest.run(
            "trace", guest.uri(), "--call", "getpid", "--pid", "1", "--count", "1", "-o", "csv");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines().skip(1).toList())
        .containsExactly("2023-11-14T22:13:20.123456Z,1,witness,1,witness,x86_64,getpid,,42");
    assertThat(guest.source().isOpen()).isFalse();
  }

  @Test
  void unknownCallsAreRefused() {
    Run run = guest.run("trace", guest.uri(), "--call", "opennat");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("no system call opennat");
  }
}
