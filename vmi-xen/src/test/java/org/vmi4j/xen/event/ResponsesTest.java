package org.vmi4j.xen.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;
import org.vmi4j.xen.fake.FakeEvents;
import org.vmi4j.xen.fake.FakeEvents.OfDomain;
import org.vmi4j.xen.fake.FakeEvents.OfVcpu;
import org.vmi4j.xen.fake.FakeXen;

/** What handlers answer, as Xen understands it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResponsesTest {
  private static final int ID = 5;
  private static final int MEM_ACCESS = 1;
  private static final int CR = 4;
  private static final int INT3 = 6;
  private static final int STEP = 7;
  private static final int GUEST_REQUEST = 8;
  private static final int DEBUG = 9;
  private static final int DESCRIPTOR = 13;

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
    vm.close();
    assertThat(xen.handles()).isZero();
    assertThat(xen.pauses(ID)).isZero();
    for (int vcpu = 0; vcpu < 2; vcpu++) {
      assertThat(fake.of(vcpu, OfVcpu.PAUSES)).isZero();
      assertThat(fake.of(vcpu, OfVcpu.STEPPING)).isZero();
    }
  }

  private long answer(Function<Event, Response> handler, int reason, long... words) {
    assertThat(fake.send(0, reason, words)).isTrue();
    assertThat(channel.receive(handler::apply, Duration.ZERO)).isEqualTo(1);
    return fake.of(0, OfVcpu.FLAGS);
  }

  private void refused(Response response, String message, int reason, long... words) {
    assertThat(fake.send(0, reason, words)).isTrue();
    assertThatThrownBy(() -> channel.receive(event -> response, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(fake.of(0, OfVcpu.PAUSES)).isZero();
    assertThat(fake.of(0, OfVcpu.FLAGS)).isEqualTo(1);
  }

  @Test
  void theFlagsAreThoseOfTheAction() throws IOException, InterruptedException {
    open(17);
    assertThat(answer(e -> Response.resume(), CR, 1, 2, 3)).isEqualTo(1);
    assertThat(answer(e -> Response.deny(), CR, 1, 2, 3)).isEqualTo(1 | 1 << 6);
    assertThat(fake.of(0, OfVcpu.REASON)).isEqualTo(CR);
    assertThat(fake.of(0, OfVcpu.SECOND_WORD)).isEqualTo(2);
    assertThat(answer(e -> Response.emulate(), MEM_ACCESS, 1, 2, 3, 1)).isEqualTo(1 | 1 << 2);
    assertThat(
            answer(
                e -> Response.resume().with(Action.EMULATE_WITHOUT_WRITE), MEM_ACCESS, 1, 2, 3, 2))
        .isEqualTo(1 | 1 << 2 | 1 << 3);
    assertThat(answer(e -> Response.emulate(), DESCRIPTOR, 1, 0)).isEqualTo(1 | 1 << 2);
    assertThat(answer(e -> Response.resume().inView(3), CR, 1, 2, 3)).isEqualTo(1 | 1 << 7);
    assertThat(fake.of(0, OfVcpu.VIEW)).isEqualTo(3);
  }

  @Test
  void whatAnEventCannotBeAnsweredWithIsRefusedAndTheProcessorGoesOn()
      throws IOException, InterruptedException {
    open(17);
    refused(Response.deny(), "cannot be answered with DENY", GUEST_REQUEST);
    refused(Response.emulate(), "cannot be answered with", CR, 1, 2, 3);
    refused(Response.reinject(), "cannot be answered with", CR, 1, 2, 3);
    refused(Response.resume().inView(99), "no view 99", CR, 1, 2, 3);
    refused(Response.deny().thenStepInto(1), "cannot be combined with", CR, 1, 2, 3);
    refused(
        Response.resume().withRegisters(new RegisterValues(Architecture.X86_64).set(X86.CR3, 1)),
        "register cr3 cannot be set",
        CR,
        1,
        2,
        3);
  }

  @Test
  void stepsAreToggledByTheStateOfTheirProcessor() throws IOException, InterruptedException {
    open(17);
    assertThat(answer(e -> Response.step(), CR, 1, 2, 3)).isEqualTo(1 | 1 << 4);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isEqualTo(1);
    assertThat(fake.kind(2)).isNotZero();
    assertThat(answer(e -> Response.step(), STEP, 1)).isEqualTo(1);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isEqualTo(1);
    assertThat(answer(e -> Response.step(), CR, 1, 2, 3)).isEqualTo(1);
    assertThat(answer(e -> Response.resume(), STEP, 1)).isEqualTo(1 | 1 << 4);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isZero();
    assertThat(answer(e -> Response.resume(), CR, 1, 2, 3)).isEqualTo(1);
    // A handler that throws ends steps too.
    answer(e -> Response.step(), CR, 1, 2, 3);
    fake.send(0, STEP, 1);
    assertThatThrownBy(
            () ->
                channel.receive(
                    event -> {
                      throw new IllegalStateException("mine");
                    },
                    Duration.ZERO))
        .hasMessage("mine");
    assertThat(fake.of(0, OfVcpu.STEPPING)).isZero();
    answer(e -> Response.step(), CR, 1, 2, 3);
  }

  @Test
  void allProcessorsStepWhateverIsAnswered() throws IOException, InterruptedException {
    open(17);
    Monitor steps = new Monitor.All(EventKind.SINGLE_STEP, true);
    channel.enable(steps);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isEqualTo(1);
    assertThat(fake.of(1, OfVcpu.STEPPING)).isEqualTo(1);
    assertThat(answer(e -> Response.resume(), STEP, 1)).isEqualTo(1);
    assertThat(answer(e -> Response.step(), STEP, 1)).isEqualTo(1);
    answer(e -> Response.resume().thenStepInto(0), CR, 1, 2, 3);
    assertThat(answer(e -> Response.resume(), CR, 1, 2, 3)).isEqualTo(1);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isEqualTo(1);
    channel.disable(steps);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isZero();
    assertThat(fake.of(1, OfVcpu.STEPPING)).isZero();
    assertThat(answer(e -> Response.step(), CR, 1, 2, 3)).isEqualTo(1 | 1 << 4);
    channel.enable(steps);
    fake.send(1, STEP, 1);
  }

  @Test
  void oneStepIntoAViewLeavesAStateThatIsNotKnown() throws IOException, InterruptedException {
    open(17);
    assertThat(answer(e -> Response.resume().inView(0).thenStepInto(2), MEM_ACCESS, 1, 2, 3, 1))
        .isEqualTo(1 | 1 << 7 | 1 << 11);
    assertThat(fake.of(0, OfVcpu.VIEW_AFTER_STEP)).isEqualTo(2);
    assertThat(answer(e -> Response.resume(), CR, 1, 2, 3)).isEqualTo(1);
    assertThat(fake.of(0, OfVcpu.STEPPING_ONCE)).isEqualTo(1);
    assertThat(answer(e -> Response.step(), CR, 1, 2, 3)).isEqualTo(1 | 1 << 4);
    assertThat(fake.of(0, OfVcpu.STEPPING)).isEqualTo(1);
    assertThat(fake.of(0, OfVcpu.STEPPING_ONCE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 12, 13, 17})
  void registersAreSetInTheBlockOfTheRequest(int minor) throws IOException, InterruptedException {
    open(minor);
    long flags =
        answer(
            e ->
                Response.resume()
                    .withRegisters(
                        new RegisterValues(Architecture.X86_64)
                            .set(X86.RAX, 0x77)
                            .set(X86.RIP, e.register(X86.RIP) + 2)),
            10,
            2,
            0,
            0);
    assertThat(flags).isEqualTo(1 | 1 << 8);
    assertThat(fake.of(0, OfVcpu.RAX)).isEqualTo(0x77);
    assertThat(fake.of(0, OfVcpu.RIP)).isEqualTo(0xffffffff81000125L);
    assertThat(fake.of(0, OfVcpu.R15)).isEqualTo(0xf15);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 14})
  void exceptionsAreDeliveredAsTheyWereReported(int minor)
      throws IOException, InterruptedException {
    open(minor);
    assertThat(answer(e -> Response.reinject(), INT3, 1, 2, 6, 0)).isEqualTo(1);
    assertThat(fake.injected(0)).isZero();
    assertThat(fake.injected(1)).isEqualTo(3);
    assertThat(fake.injected(2)).isEqualTo(6);
    assertThat(fake.injected(3)).isEqualTo(-1);
    assertThat(fake.injected(4)).isEqualTo(2);
    answer(e -> Response.reinject(), DEBUG, 1, 1, 3, 0x4000);
    assertThat(fake.injected(1)).isEqualTo(1);
    assertThat(fake.injected(2)).isEqualTo(3);
    assertThat(fake.injected(5)).isEqualTo(minor >= 14 ? 0x4000 : 0);
    assertThat(fake.injected(6)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 10, 11, 17, 18})
  void everyMonitorIsSwitchedOnAndOff(int minor) throws IOException, InterruptedException {
    open(minor);
    Monitor cr3 = new Monitor.RegisterWrites(X86.CR3, true, false);
    channel.enable(cr3);
    channel.enable(cr3);
    assertThat(fake.controlRegister(1)).isEqualTo(3);
    channel.enable(new Monitor.RegisterWrites(X86.CR3, false, true));
    assertThat(fake.controlRegister(1)).isEqualTo(5);
    channel.disable(cr3);
    channel.disable(cr3);
    assertThat(fake.controlRegister(1)).isZero();
    channel.enable(new Monitor.RegisterWrites(X86.XCR0, true, false));
    assertThat(fake.controlRegister(3)).isEqualTo(3);

    channel.enable(new Monitor.MsrWrites(0xc0000082, true));
    channel.enable(new Monitor.MsrWrites(0x174, false));
    assertThat(fake.msr(0xc0000082)).isEqualTo(minor >= 11 ? 3 : 1);
    assertThat(fake.msr(0x174)).isEqualTo(1);
    channel.disable(new Monitor.MsrWrites(0x174, false));
    assertThat(fake.msr(0x174)).isZero();

    int[] since = {0, 0, 0, 8, 8, 8, 8, 8, 0, 9, 10, 0, 17, 18};
    EventKind[] kinds = {
      null,
      null,
      null,
      EventKind.BREAKPOINT,
      EventKind.GUEST_REQUEST,
      EventKind.DEBUG_EXCEPTION,
      EventKind.CPUID,
      EventKind.PRIVILEGED_CALL,
      null,
      EventKind.DESCRIPTOR_ACCESS,
      EventKind.EMULATION_FAILURE,
      null,
      EventKind.VM_EXIT,
      EventKind.IO
    };
    fake.features(0x3fff, true, true, 2);
    for (int bit = 0; bit < kinds.length; bit++) {
      if (kinds[bit] != null && kinds[bit] != EventKind.PRIVILEGED_CALL && minor >= since[bit]) {
        channel.enable(new Monitor.All(kinds[bit], true));
        assertThat(fake.kind(bit)).as(kinds[bit].toString()).isNotZero();
      }
    }
    channel.close();
    assertThat(fake.of(OfDomain.ENABLED)).isZero();
    assertThat(fake.controlRegister(3)).isZero();
    assertThat(fake.msr(0xc0000082)).isZero();
    for (int bit = 0; bit < kinds.length; bit++) {
      assertThat(fake.kind(bit)).isZero();
    }
  }

  @Test
  void whatCannotBeMonitoredIsSaid() throws IOException, InterruptedException {
    open(17);
    assertThatThrownBy(() -> channel.enable(new Monitor.All(EventKind.PRIVILEGED_CALL, true)))
        .hasMessageContaining("does not report events of the kind privileged-call")
        .hasMessageContaining("Arm");
    assertThatThrownBy(() -> channel.enable(new Monitor.RegisterWrites(X86.CR2, true, false)))
        .hasMessageContaining("cr0, cr3, cr4 and xcr0");
    assertThatThrownBy(() -> channel.enable(new Monitor.All(EventKind.MEMORY_ACCESS, true)))
        .hasMessageContaining("not asked for by a monitor");
    xen.fail("xc_monitor_cpuid", 38, 1);
    assertThatThrownBy(() -> channel.enable(new Monitor.All(EventKind.CPUID, true)))
        .hasMessageContaining("cannot monitor events of the kind cpuid")
        .hasMessageContaining("ENOSYS");
    channel.enable(new Monitor.All(EventKind.CPUID, true));
    assertThat(fake.kind(6)).isNotZero();
  }

  @Test
  void aMachineOfAmdSaysWhatItLacks() throws IOException, InterruptedException {
    Path memory = folder.resolve("memory");
    Files.write(memory, new byte[1 << 21]);
    xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(ID, "guest", memory, 0x1ff);
    fake = xen.events(ID).features(0x1f7b, false, false, 0);
    vm = xen.open("xen:guest");
    EventFeatures features = vm.require(EventSource.class).features();
    assertThat(features.kinds())
        .contains(EventKind.CPUID, EventKind.VM_EXIT)
        .doesNotContain(EventKind.MEMORY_ACCESS, EventKind.SINGLE_STEP, EventKind.IO);
    assertThat(features.singleStep()).isFalse();
    assertThat(features.stepIntoView()).isFalse();
    assertThat(features.setsRegisters()).isTrue();
    assertThat(features.actions()).contains(Action.DENY, Action.EMULATE, Action.REINJECT);
    assertThat(features.missing())
        .containsKeys("memory-access", "single-step", "views", "io")
        .hasEntrySatisfying("single-step", text -> assertThat(text).contains("Intel"));
    channel = vm.require(EventSource.class).open();
    assertThatThrownBy(() -> channel.enable(new Monitor.MsrWrites(0xc0000080, false)))
        .hasMessageContaining("EFER")
        .hasMessageContaining("AMD");
    refused(Response.step(), "no single steps here", CR, 1, 2, 3);
  }
}
