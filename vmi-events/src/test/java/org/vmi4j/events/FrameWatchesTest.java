package org.vmi4j.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.Response;
import org.vmi4j.testkit.MockEvents;
import org.vmi4j.testkit.Operation.Kind;

@Timeout(20)
class FrameWatchesTest {
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final long PA = TestMachine.DATA_PA;
  private static final long FRAME = PA >>> 12;

  private final TestMachine machine = new TestMachine();
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

  private Subscription watch(PageRange range, List<Long> heard, Access... accesses) {
    return events.onMemoryAccess(
        range,
        EnumSet.copyOf(List.of(accesses)),
        EventFilter.ALL,
        event -> {
          heard.add(event.physicalAddress());
          return Response.resume();
        });
  }

  private FrameAccess rights(long frame) {
    return machine.views().get(0, frame);
  }

  @Test
  void rightsAreLiftedForOneInstruction() {
    open();
    List<Long> heard = new ArrayList<>();
    Subscription subscription = watch(PageRange.ofPage(PA), heard, Access.WRITE);
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.RX);
    List<FrameAccess> seen = new ArrayList<>();
    machine
        .source()
        .onAnswer(
            (event, response) -> {
              seen.add(rights(FRAME));
              if (response.isStep()) {
                machine.source().fire(machine.step(0, TestMachine.RIP + 3));
              }
            });
    machine.source().fire(machine.access(0, 0, PA + 8, false, true));
    events.run(SHORT);
    assertThat(heard).containsExactly(PA + 8);
    assertThat(seen).containsExactly(FrameAccess.RWX, FrameAccess.RX);
    subscription.close();
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.RWX);
  }

  @Test
  void onlyTheRangeIsReportedThoughThePageIsWatched() {
    open();
    List<Long> heard = new ArrayList<>();
    watch(new PageRange(PA + 0x10, 8), heard, Access.WRITE);
    machine.source().fire(machine.access(0, 0, PA + 0x18, false, true));
    machine.source().fire(machine.access(1, 0, PA + 0x17, false, true));
    machine.source().fire(machine.access(2, 0, PA + 0x10, true, false));
    events.run(SHORT);
    assertThat(heard).containsExactly(PA + 0x17);
    assertThat(machine.source().answers()).allMatch(answer -> answer.response().isStep());
  }

  @Test
  void watchesOverlap() {
    open();
    List<Long> heard = new ArrayList<>();
    Subscription wide = watch(PageRange.ofFrames(FRAME - 2, 5), heard, Access.WRITE);
    Subscription narrow = watch(PageRange.ofFrames(FRAME, 1), heard, Access.EXECUTE);
    assertThat(List.of(rights(FRAME - 2), rights(FRAME), rights(FRAME + 2), rights(FRAME + 3)))
        .containsExactly(FrameAccess.RX, FrameAccess.R, FrameAccess.RX, FrameAccess.RWX);
    assertThat(machine.operations().of(Kind.SET_RIGHTS)).hasSizeLessThan(6);
    wide.close();
    assertThat(List.of(rights(FRAME - 2), rights(FRAME), rights(FRAME + 2)))
        .containsExactly(FrameAccess.RWX, FrameAccess.RW, FrameAccess.RWX);
    narrow.close();
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.RWX);
  }

  @Test
  void whatMayNotBeReadMayNotBeWritten() {
    open();
    watch(PageRange.ofPage(PA), new ArrayList<>(), Access.READ);
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.X);
  }

  @Test
  void anAnswerThatIsNotToResumeStays() {
    open();
    events.onMemoryAccess(PageRange.ofPage(PA), Access.WRITE, event -> Response.emulate());
    machine.source().fire(machine.access(0, 0, PA, false, true));
    events.run(SHORT);
    assertThat(machine.source().answers().get(0).response()).isEqualTo(Response.emulate());
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.RX);
  }

  @Test
  void anAccessToWhatIsNoLongerWatchedResumes() {
    open();
    watch(PageRange.ofPage(PA), new ArrayList<>(), Access.WRITE).close();
    machine.source().fire(machine.access(0, 0, PA, false, true));
    events.run(SHORT);
    assertThat(machine.source().answers().get(0).response()).isEqualTo(Response.resume());
  }

  @Test
  void withViewsTheInstructionIsExecutedInTheOther() {
    machine.withViews();
    open();
    watch(PageRange.ofPage(PA), new ArrayList<>(), Access.WRITE);
    int view = machine.views().current();
    assertThat(machine.views().get(view, FRAME)).isEqualTo(FrameAccess.RX);
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.RWX);
    machine.source().fire(machine.access(0, view, PA, false, true));
    machine.source().fire(machine.step(0, TestMachine.RIP));
    events.run(SHORT);
    assertThat(machine.source().answers())
        .extracting(answer -> answer.response())
        .containsExactly(Response.resume().inView(0).thenStep(), Response.resume().inView(view));
  }

  @Test
  void withoutStepsRightsComeBackAfterAWhile() {
    EventFeatures all = MockEvents.everything();
    machine
        .source()
        .features(new EventFeatures(all.kinds(), all.actions(), false, false, true, Map.of()));
    open();
    watch(PageRange.ofPage(PA), new ArrayList<>(), Access.WRITE);
    machine.source().fire(machine.access(0, 0, PA, false, true));
    List<FrameAccess> seen = new ArrayList<>();
    machine.source().onAnswer((event, response) -> seen.add(rights(FRAME)));
    events.run(Duration.ofMillis(200));
    assertThat(seen).containsExactly(FrameAccess.RWX);
    assertThat(machine.source().answers().get(0).response()).isEqualTo(Response.resume());
    assertThat(rights(FRAME)).isEqualTo(FrameAccess.RX);
  }

  @Test
  void whatTheSourceRefusesIsNotWatched() {
    open();
    machine.operations().fail(Kind.SET_RIGHTS, 1, () -> new VmiException("refused"));
    assertThatThrownBy(() -> watch(PageRange.ofPage(PA), new ArrayList<>(), Access.WRITE))
        .hasMessage("refused");
    machine.source().fire(machine.access(0, 0, PA, false, true));
    events.run(SHORT);
    assertThat(machine.source().answers().get(0).response()).isEqualTo(Response.resume());
  }
}
