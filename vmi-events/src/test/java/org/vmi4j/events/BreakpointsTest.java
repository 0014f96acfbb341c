package org.vmi4j.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;
import org.vmi4j.testkit.Operation.Kind;

@Timeout(20)
class BreakpointsTest {
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final byte INT3 = (byte) 0xcc;
  private static final long CODE = TestMachine.CODE;
  private static final long CODE_PA = TestMachine.CODE_PA;
  private static final long FRAME = CODE_PA >>> 12;

  private final TestMachine machine = new TestMachine();
  private final List<Long> hits = new ArrayList<>();
  private Events events;

  @AfterEach
  void close() {
    if (events != null) {
      events.close();
    }
  }

  private void open() {
    events = Events.open(machine.vm());
  }

  private Subscription set(long address) {
    return events.breakpoint(
        machine.space(),
        address,
        event -> {
          hits.add(event.programCounter());
          return Response.resume();
        });
  }

  private byte guestsByte(long pa) {
    return machine.contents().get(pa, 1)[0];
  }

  private byte shadowByte(long shadow, long pa) {
    return machine.views().contents(shadow)[(int) pa & 0xfff];
  }

  private void hit(int vcpu) {
    machine.source().fire(machine.int3(vcpu, CODE, CODE_PA));
  }

  @Test
  void inPlaceTheInstructionIsPutBackForOneStep() {
    open();
    Subscription subscription = set(CODE);
    assertThat(guestsByte(CODE_PA)).isEqualTo(INT3);

    List<Byte> seen = new ArrayList<>();
    machine
        .source()
        .onAnswer(
            (event, response) -> {
              seen.add(guestsByte(CODE_PA));
              if (response.isStep()) {
                machine.source().fire(machine.step(event.vcpu(), CODE + 1));
              }
            });
    hit(0);
    events.run(SHORT);
    assertThat(seen).containsExactly(TestMachine.PUSH_RBP, INT3);
    assertThat(hits).containsExactly(CODE);

    subscription.close();
    assertThat(guestsByte(CODE_PA)).isEqualTo(TestMachine.PUSH_RBP);
    assertThat(machine.source().monitors()).isEmpty();
  }

  @Test
  void twoProcessorsInTheSameStepPutItBackOnce() {
    open();
    set(CODE);
    hit(0);
    hit(1);
    machine.source().fire(machine.step(0, CODE + 1));
    List<Byte> seen = new ArrayList<>();
    machine.source().onAnswer((event, response) -> seen.add(guestsByte(CODE_PA)));
    machine.source().fire(machine.step(1, CODE + 1));
    events.run(SHORT);
    assertThat(seen)
        .containsExactly(TestMachine.PUSH_RBP, TestMachine.PUSH_RBP, TestMachine.PUSH_RBP, INT3);
    assertThat(hits).hasSize(2);
  }

  @Test
  void subscribersShareOneBreakpoint() {
    open();
    Subscription first = set(CODE);
    Subscription second = set(CODE);
    hit(0);
    events.run(SHORT);
    assertThat(hits).hasSize(2);
    machine.source().fire(machine.step(0, CODE + 1));
    events.run(SHORT);
    first.close();
    assertThat(guestsByte(CODE_PA)).isEqualTo(INT3);
    second.close();
    assertThat(guestsByte(CODE_PA)).isEqualTo(TestMachine.PUSH_RBP);
  }

  @Test
  void aNoOperationIsSkippedWithoutAStep() {
    machine.contents().put(CODE_PA, (byte) 0x0f, (byte) 0x1f, (byte) 0x44, (byte) 0, (byte) 0);
    open();
    set(CODE);
    hit(0);
    events.run(SHORT);
    Response response = machine.source().answers().get(0).response();
    assertThat(response.isStep()).isFalse();
    assertThat(response.registers().map(values -> values.get(X86.RIP)))
        .isEqualTo(Optional.of(CODE + 5));
    assertThat(guestsByte(CODE_PA)).isEqualTo(INT3);
  }

  @Test
  void theGuestsOwnBreakpointsAreDelivered() {
    machine.contents().put(CODE_PA + 0x10, INT3);
    open();
    set(CODE);
    machine.source().fire(machine.int3(0, CODE + 0x10, CODE_PA + 0x10));
    events.run(SHORT);
    assertThat(machine.source().answers().get(0).response()).isEqualTo(Response.reinject());
  }

  @Test
  void theGuestsOwnBreakpointUnderOursIsReportedAndDelivered() {
    machine.contents().put(CODE_PA, INT3);
    open();
    set(CODE);
    hit(0);
    events.run(SHORT);
    assertThat(hits).hasSize(1);
    assertThat(machine.source().answers().get(0).response().action()).isEqualTo(Action.REINJECT);
  }

  @Test
  void aHitThatWasOnItsWayWhenTheBreakpointWasRemovedResumes() {
    open();
    Subscription subscription = set(CODE);
    set(CODE + 1);
    subscription.close();
    hit(0);
    events.run(SHORT);
    assertThat(hits).isEmpty();
    assertThat(machine.source().answers().get(0).response()).isEqualTo(Response.resume());
  }

  @Test
  void anInterruptBeforeTheInstructionDoesNotCountTwice() {
    open();
    set(CODE);
    hit(0);
    events.run(SHORT);
    // The frame of the interrupt: the address to return to, at the top of the stack.
    machine.contents().putLong(CODE_PA + 0x700, CODE);
    machine.source().fire(machine.stepWithStack(0, CODE + 0x300, CODE + 0x700));
    hit(0);
    events.run(SHORT);
    assertThat(hits).hasSize(1);
    machine.source().fire(machine.step(0, CODE + 1));
    hit(0);
    events.run(SHORT);
    assertThat(hits).hasSize(2);
  }

  @Test
  void aHandlerThatGoesElsewhereIsNotSteppedPast() {
    open();
    events.breakpoint(
        machine.space(),
        CODE,
        event -> {
          RegisterValues values = new RegisterValues(event.registers().architecture());
          return Response.resume().withRegisters(values.set(X86.RIP, CODE + 0x40));
        });
    hit(0);
    events.run(SHORT);
    assertThat(machine.source().answers().get(0).response().isStep()).isFalse();
    assertThat(guestsByte(CODE_PA)).isEqualTo(INT3);
  }

  @Test
  void hiddenTheGuestsOwnPageStaysAsItIs() {
    machine.withViews();
    open();
    Subscription subscription = set(CODE);
    int view = machine.views().current();
    long shadow = machine.views().seenAt(view, FRAME);
    assertThat(view).isNotZero();
    assertThat(shadow).isEqualTo(TestMachine.SPARE);
    assertThat(guestsByte(CODE_PA)).isEqualTo(TestMachine.PUSH_RBP);
    assertThat(shadowByte(shadow, CODE_PA)).isEqualTo(INT3);
    assertThat(machine.views().get(view, FRAME)).isEqualTo(FrameAccess.X);

    hit(0);
    machine.source().fire(machine.step(0, CODE + 1));
    events.run(SHORT);
    assertThat(machine.source().answers())
        .extracting(answer -> answer.response())
        .containsExactly(Response.resume().inView(0).thenStep(), Response.resume().inView(view));

    subscription.close();
    assertThat(machine.views().seenAt(view, FRAME)).isEqualTo(FRAME);
    assertThat(machine.views().get(view, FRAME)).isEqualTo(FrameAccess.RWX);
    assertThat(machine.views().added()).isEmpty();
    events.close();
    assertThat(machine.views().current()).isZero();
    assertThat(machine.views().views()).containsExactly(0);
  }

  @Test
  void hiddenBreakpointsFollowWhatTheGuestWritesToThePage() {
    machine.withViews();
    open();
    set(CODE);
    int view = machine.views().current();
    long shadow = machine.views().seenAt(view, FRAME);
    machine.source().fire(machine.access(0, view, CODE_PA + 0x20, false, true));
    machine
        .source()
        .onAnswer(
            (event, response) -> {
              if (response.isStep()) {
                machine.contents().put(CODE_PA + 0x20, (byte) 0x77);
                machine.source().fire(machine.step(0, CODE));
              }
            });
    events.run(SHORT);
    assertThat(shadowByte(shadow, CODE_PA + 0x20)).isEqualTo((byte) 0x77);
    assertThat(shadowByte(shadow, CODE_PA)).isEqualTo(INT3);
  }

  @Test
  void whatFailsHalfwayLeavesNothingBehind() {
    machine.withViews();
    open();
    for (Kind kind : List.of(Kind.CREATE_VIEW, Kind.SWITCH_VIEW, Kind.ADD_FRAME, Kind.REMAP)) {
      machine.operations().fail(kind, 1, () -> new VmiException("no " + kind));
      assertThatThrownBy(() -> set(CODE)).hasMessage("no " + kind);
      assertThat(machine.views().added()).isEmpty();
      assertThat(machine.source().monitors()).isEmpty();
    }
    set(CODE);
    hit(0);
    events.run(SHORT);
    assertThat(hits).hasSize(1);
  }

  @Test
  void aPageThatIsNotThereYetIsWaitedFor() {
    open();
    long address = CODE + 0x10_0000;
    set(address);
    machine.map(address, 0x25_0000);
    machine.contents().put(0x25_0100, TestMachine.PUSH_RBP);
    events.run(Duration.ofMillis(300));
    assertThat(guestsByte(0x25_0100)).isEqualTo(INT3);
  }

  @Test
  void dataIsRefused() {
    machine.mapData(CODE + 0x20_0000, 0x26_0000);
    open();
    assertThatThrownBy(() -> set(CODE + 0x20_0000)).hasMessageContaining("no code");
    assertThat(machine.source().monitors()).isEmpty();
  }

  /** Two threads call a function from the same place, and return the other way round. */
  @Test
  void returnsAreThoseOfTheThreadThatCalled() {
    long stack = CODE + 0x800;
    long from = CODE + 0x200;
    machine.contents().putLong(CODE_PA + 0x700, from).putLong(CODE_PA + 0x780, from);
    open();
    List<String> heard = new ArrayList<>();
    events.breakpoint(
        machine.space(),
        CODE,
        event -> {
          long called = event.register(X86.RSP);
          events.onReturn(
              event,
              machine.space(),
              after -> {
                heard.add(Long.toHexString(called - CODE));
                return Response.resume();
              });
          return Response.resume();
        });
    machine.source().fire(machine.int3WithStack(0, CODE, CODE_PA, stack - 0x100));
    machine.source().fire(machine.int3WithStack(1, CODE, CODE_PA, stack - 0x80));
    events.run(SHORT);
    assertThat(guestsByte(CODE_PA + 0x200)).isEqualTo(INT3);
    for (long after : List.of(stack - 0x78, stack - 0xf8, stack - 0xf8, stack)) {
      machine.source().fire(machine.int3WithStack(0, from, CODE_PA + 0x200, after));
    }
    events.run(SHORT);
    assertThat(heard).containsExactly("780", "700");
    events.close();
    assertThat(guestsByte(CODE_PA + 0x200)).isZero();
  }

  @Test
  void closingPutsEverythingBack() {
    open();
    set(CODE);
    set(CODE + 3);
    hit(0);
    events.run(SHORT);
    events.close();
    assertThat(guestsByte(CODE_PA)).isEqualTo(TestMachine.PUSH_RBP);
    assertThat(guestsByte(CODE_PA + 3)).isZero();
  }
}
