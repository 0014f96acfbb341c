package org.vmi4j.xen.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vmi4j.xen.fake.FakeEvents.IN_VIEW;
import static org.vmi4j.xen.fake.FakeEvents.PAUSED;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.DebugExceptionEvent;
import org.vmi4j.api.event.DescriptorAccessEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.InterruptEvent;
import org.vmi4j.api.event.IoEvent;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.MsrWriteEvent;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.SingleStepEvent;
import org.vmi4j.api.event.UnknownEvent;
import org.vmi4j.api.event.VmExitEvent;
import org.vmi4j.xen.fake.FakeEvents;
import org.vmi4j.xen.fake.FakeEvents.OfVcpu;
import org.vmi4j.xen.fake.FakeXen;

/** Requests of every release of Xen become events, over the native interface of that release. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class XenEventsTest {
  private static final int ID = 5;
  private static final Duration NOW = Duration.ZERO;

  @TempDir private Path folder;
  private FakeXen xen;
  private FakeEvents fake;
  private Vm vm;
  private EventChannel channel;

  private void open(int minor) throws IOException, InterruptedException {
    Path memory = folder.resolve("memory");
    Files.write(memory, new byte[1 << 21]);
    xen = FakeXen.of(folder.resolve("xen"), 4, minor);
    xen.domain(ID, "guest", memory, 0x1ff);
    fake = xen.events(ID);
    vm = xen.open("xen:guest");
    channel = vm.require(EventSource.class).open();
  }

  @AfterEach
  void close() {
    if (vm != null) {
      vm.close();
      assertThat(xen.handles()).isZero();
      assertThat(fake.of(FakeEvents.OfDomain.ENABLED)).isZero();
      assertThat(xen.pauses(ID)).isZero();
    }
  }

  private Event one(int reason, long... words) {
    assertThat(fake.send(1, reason, words)).isTrue();
    List<Event> all = new ArrayList<>();
    assertThat(
            channel.receive(
                event -> {
                  all.add(event.keep());
                  return Response.resume();
                },
                NOW))
        .isEqualTo(1);
    assertThat(fake.of(1, OfVcpu.PAUSES)).isZero();
    return all.get(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 20, 22})
  void everyReasonIsAnEventOfItsKind(int minor) throws IOException, InterruptedException {
    open(minor);
    RegisterWriteEvent write = (RegisterWriteEvent) one(4, 1, 0x7000, 0x6000);
    assertThat(write.target()).isEqualTo(X86.CR3);
    assertThat(write.value()).isEqualTo(0x7000);
    assertThat(write.oldValue()).isEqualTo(0x6000);
    assertThat(write.vcpu()).isEqualTo(1);
    assertThat(write.isWaiting()).isTrue();
    assertThat(write.sequence()).isEqualTo(1);
    assertThat(write.time() / 1_000_000_000)
        .isBetween(System.currentTimeMillis() / 1000 - 60, System.currentTimeMillis() / 1000 + 60);
    assertThat(write.register(X86.RAX)).isEqualTo(0xa1);
    assertThat(write.register(X86.R15)).isEqualTo(0xf15);
    assertThat(write.register(X86.RIP)).isEqualTo(0xffffffff81000123L);
    assertThat(write.register(X86.CR3)).isEqualTo(0x2000);
    assertThat(write.register(X86.GS_BASE)).isEqualTo(0x6500);
    assertThat(write.register(X86.LSTAR)).isEqualTo(0x15a);
    assertThat(((RegisterWriteEvent) one(4, 3, 7, 3)).target()).isEqualTo(X86.XCR0);

    MemoryAccessEvent access = (MemoryAccessEvent) one(1, 0x123, 0x456, 0xffff8000L, 0x2a);
    assertThat(access.physicalAddress()).isEqualTo(0x123456);
    assertThat(access.hasVirtualAddress()).isTrue();
    assertThat(access.virtualAddress()).isEqualTo(0xffff8000L);
    assertThat(access.write()).isTrue();
    assertThat(access.read()).isFalse();
    assertThat(access.walk()).isTrue();

    MsrWriteEvent msr = (MsrWriteEvent) one(5, 0xc0000082L, 0x11, 0x22);
    assertThat(msr.msr()).isEqualTo(0xc0000082);
    assertThat(msr.value()).isEqualTo(0x11);
    assertThat(msr.oldValue()).isEqualTo(minor >= 11 ? 0x22 : 0);

    BreakpointEvent breakpoint = (BreakpointEvent) one(6, 0x33, 2, 6, 0);
    assertThat(breakpoint.physicalAddress()).isEqualTo(0x33123);
    assertThat(breakpoint.instructionLength()).isEqualTo(2);
    assertThat(breakpoint.exceptionType()).isEqualTo(6);
    assertThat(((SingleStepEvent) one(7, 0x44)).physicalAddress()).isEqualTo(0x44123);
    assertThat(one(8).kind()).isEqualTo(EventKind.GUEST_REQUEST);

    DebugExceptionEvent debug = (DebugExceptionEvent) one(9, 0x55, 1, 3, 0x4000);
    assertThat(debug.pending()).isEqualTo(minor >= 14 ? 0x4000 : 0);
    assertThat(debug.exceptionType()).isEqualTo(3);
    assertThat(debug.instructionLength()).isEqualTo(1);

    CpuidEvent cpuid = (CpuidEvent) one(10, 2, 0x40000000, 1);
    assertThat(cpuid.instructionLength()).isEqualTo(2);
    assertThat(cpuid.leaf()).isEqualTo(0x40000000);
    assertThat(cpuid.subleaf()).isEqualTo(1);
    assertThat(one(11).kind()).isEqualTo(EventKind.PRIVILEGED_CALL);

    InterruptEvent interrupt = (InterruptEvent) one(12, 14, 3, 4, 0xbad000);
    assertThat(interrupt.vector()).isEqualTo(14);
    assertThat(interrupt.exceptionType()).isEqualTo(3);
    assertThat(interrupt.errorCode()).isEqualTo(4);
    assertThat(interrupt.faultAddress()).isEqualTo(0xbad000);

    DescriptorAccessEvent table = (DescriptorAccessEvent) one(13, 1, 1);
    assertThat(table.target()).isEqualTo(X86.IDTR_BASE);
    assertThat(table.write()).isTrue();
    assertThat(((DescriptorAccessEvent) one(13, 4, 0)).target()).isEqualTo(X86.TR_BASE);
    assertThat(one(14).kind()).isEqualTo(EventKind.EMULATION_FAILURE);

    VmExitEvent exit = (VmExitEvent) one(15, 30, 0x77);
    assertThat(exit.reason()).isEqualTo(30);
    assertThat(exit.qualification()).isEqualTo(0x77);

    IoEvent io = (IoEvent) one(16, 0x3f8, 1, 1, 0);
    assertThat(io.port()).isEqualTo(0x3f8);
    assertThat(io.bytes()).isEqualTo(1);
    assertThat(io.in()).isTrue();
    assertThat(io.string()).isFalse();
  }

  @Test
  void whatIsNotKnownIsAnsweredAsTheRest() throws IOException, InterruptedException {
    open(17);
    assertThat(((UnknownEvent) one(99)).reason()).isEqualTo(99);
    assertThat(((UnknownEvent) one(4, 17, 1, 2)).reason()).isEqualTo(4);
    assertThat(((UnknownEvent) one(13, 9, 1)).reason()).isEqualTo(13);
    assertThat(((BreakpointEvent) one(6, -1, 1, 6)).physicalAddress()).isEqualTo(-1);
  }

  @Test
  void anEventThatWaitsForNoAnswerGetsAPlainOne() throws IOException, InterruptedException {
    open(17);
    fake.sendAs(0, 4, 0, 0, 0, 1, 2, 3);
    channel.receive(
        event -> {
          assertThat(event.isWaiting()).isFalse();
          return Response.step();
        },
        NOW);
    assertThat(fake.of(0, OfVcpu.ANSWERED)).isEqualTo(1);
    assertThat(fake.of(0, OfVcpu.FLAGS)).isZero();
    assertThat(fake.of(0, OfVcpu.STEPPING)).isZero();
  }

  @Test
  void theViewOfTheProcessorIsReported() throws IOException, InterruptedException {
    open(17);
    fake.sendAs(0, 1, PAUSED | IN_VIEW, 3, 0, 1, 2, 3, 1);
    fake.sendAs(1, 1, PAUSED, 3, 0, 1, 2, 3, 1);
    List<Integer> views = new ArrayList<>();
    channel.receive(
        event -> {
          views.add(event.view());
          return Response.resume();
        },
        NOW);
    assertThat(views).containsExactly(3, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 12, 17})
  void requestsThatMakeNoSenseAreAnsweredAndReported(int minor)
      throws IOException, InterruptedException {
    open(minor);
    List<Integer> seen = new ArrayList<>();
    fake.send(0, 4, 1, 2, 3);
    fake.sendAs(1, 4, PAUSED, 0, 77, 1, 2, 3);
    fake.sendAs(5000, 4, PAUSED, 0, 0, 1, 2, 3);
    fake.send(1, 8);
    assertThatThrownBy(
            () ->
                channel.receive(
                    event -> {
                      seen.add(event.vcpu());
                      return Response.resume();
                    },
                    NOW))
        .hasMessageContaining("version 77")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessageContaining("processor 5000"));
    assertThat(seen).containsExactly(0, 1);
    assertThat(fake.of(FakeEvents.OfDomain.ANSWERS)).isEqualTo(4);
    assertThat(channel.receive(event -> Response.resume(), NOW)).isZero();
    // The processor of the wrong version stays as Xen left it.
    fake.send(1, 8);
    channel.receive(event -> Response.resume(), NOW);
  }

  @Test
  void aRingThatLiesIsRefused() throws IOException, InterruptedException {
    open(17);
    fake.claim(9);
    assertThatThrownBy(() -> channel.receive(event -> Response.resume(), Duration.ofSeconds(1)))
        .hasMessageContaining("ring of events is damaged");
    fake.claim(0);
  }
}
