package org.vmi4j.xen.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Views;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.xen.fake.FakeEvents;
import org.vmi4j.xen.fake.FakeEvents.OfDomain;
import org.vmi4j.xen.fake.FakeEvents.OfVcpu;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.lib.Errno;

/** However it ends, the guest runs on, and nothing is left in it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TeardownTest {
  private static final int ID = 5;
  private static final int CR = 4;
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private FakeXen xen;
  private FakeEvents fake;
  private Vm vm;
  private EventChannel channel;
  private ExecutorService other;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    Path memory = folder.resolve("memory");
    Files.write(memory, new byte[1 << 21]);
    xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(ID, "guest", memory, 0x1ff);
    fake = xen.events(ID);
    vm = xen.open("xen:guest");
    channel = vm.require(EventSource.class).open();
    other = Executors.newSingleThreadExecutor();
  }

  @AfterEach
  void everythingIsReleased() {
    other.shutdown();
    vm.close();
    assertThat(xen.handles()).isZero();
    assertThat(fake.of(OfDomain.CALLS_AFTER_END)).isZero();
  }

  private void assertThatNothingIsLeft() {
    assertThat(fake.of(OfDomain.ENABLED)).isZero();
    assertThat(fake.of(OfDomain.VIEWS_ON)).isZero();
    assertThat(fake.of(OfDomain.ADDED_FRAMES)).isZero();
    assertThat(fake.access(0, 1)).isEqualTo(7);
    assertThat(xen.pauses(ID)).isZero();
    for (int vcpu = 0; vcpu < 2; vcpu++) {
      assertThat(fake.of(vcpu, OfVcpu.PAUSES)).isZero();
      assertThat(fake.of(vcpu, OfVcpu.STEPPING)).isZero();
      assertThat(fake.of(vcpu, OfVcpu.VIEW)).isZero();
    }
  }

  private void changeEverything() {
    channel.enable(new Monitor.RegisterWrites(X86.CR3, true, false));
    vm.require(FrameRights.class).set(0, 1, 3, FrameAccess.RX);
    Views views = vm.require(Views.class);
    views.switchTo(views.create(FrameAccess.RX));
    vm.require(GuestFrames.class).add();
    fake.send(0, CR, 1, 2, 3);
    channel.receive(event -> Response.step(), Duration.ZERO);
    fake.send(1, CR, 1, 2, 3);
  }

  @Test
  void closingTheMachineUndoesEverything() {
    changeEverything();
    assertThat(fake.of(0, OfVcpu.STEPPING)).isEqualTo(1);
    assertThat(fake.of(1, OfVcpu.PAUSES)).isEqualTo(1);
    vm.close();
    assertThatNothingIsLeft();
    assertThat(fake.controlRegister(1)).isZero();
  }

  @Test
  void whatFailsKeepsNothingElseFromBeingUndone() {
    changeEverything();
    xen.fail("xc_set_mem_access", Errno.EINVAL, 1);
    assertThatThrownBy(channel::close).hasMessageContaining("cannot set the rights of frames");
    assertThat(fake.of(OfDomain.ENABLED)).isZero();
    assertThat(fake.of(OfDomain.VIEWS_ON)).isZero();
    assertThat(fake.of(1, OfVcpu.PAUSES)).isZero();
    assertThat(xen.pauses(ID)).isZero();
    channel.close();
    assertThatThrownBy(() -> channel.receive(event -> Response.resume(), Duration.ZERO))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void theRingIsDrainedUntilXenLetsItGo() {
    xen.fail("xc_monitor_disable", Errno.EBUSY, 5);
    channel.close();
    assertThatNothingIsLeft();
  }

  @Test
  void anotherChannelMayBeOpenedAfterwardsAndNotBefore() {
    EventSource source = vm.require(EventSource.class);
    assertThatThrownBy(source::open).hasMessageContaining("open already");
    channel.close();
    channel = source.open();
    fake.send(0, CR, 1, 2, 3);
    assertThat(channel.receive(event -> Response.resume(), Duration.ZERO)).isEqualTo(1);
    for (int i = 0; i < 50; i++) {
      channel.close();
      channel = source.open();
      changeEverything();
    }
    channel.close();
    assertThatNothingIsLeft();
  }

  @Test
  void aHandlerMayCloseItsChannel() {
    fake.send(0, CR, 1, 2, 3);
    fake.send(1, CR, 1, 2, 3);
    assertThat(
            channel.receive(
                event -> {
                  channel.close();
                  return Response.step();
                },
                LONG))
        .isEqualTo(1);
    assertThatNothingIsLeft();
  }

  @Test
  void theEndDoesNotWaitForAHandler() throws Exception {
    CountDownLatch inHandler = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    fake.send(0, CR, 1, 2, 3);
    fake.send(1, CR, 7, 8, 9);
    Future<Integer> received =
        other.submit(
            () ->
                channel.receive(
                    event -> {
                      long before = event.register(X86.CR3);
                      inHandler.countDown();
                      await(leave);
                      assertThat(event.register(X86.CR3)).isEqualTo(before);
                      return Response.step();
                    },
                    LONG));
    inHandler.await();
    channel.close();
    assertThatNothingIsLeft();
    leave.countDown();
    assertThat(received.get()).isEqualTo(1);
    assertThatNothingIsLeft();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theEndWakesTheReceiver() throws Exception {
    Future<Integer> received =
        other.submit(() -> channel.receive(event -> Response.resume(), LONG));
    Thread.sleep(100);
    channel.close();
    assertThat(received.get(5, TimeUnit.SECONDS)).isZero();
    assertThatNothingIsLeft();
  }

  @Test
  void anyThreadMayWakeTheReceiverAlsoBeforeItWaits() throws Exception {
    channel.wakeUp();
    assertThat(channel.receive(event -> Response.resume(), LONG)).isZero();
    Future<Integer> received =
        other.submit(() -> channel.receive(event -> Response.resume(), LONG));
    Thread.sleep(50);
    channel.wakeUp();
    assertThat(received.get(5, TimeUnit.SECONDS)).isZero();
    fake.wakeForNothing();
    assertThat(channel.receive(event -> Response.resume(), Duration.ofMillis(20))).isZero();
    channel.close();
    channel.wakeUp();
  }

  @Test
  void everyEventIsAnsweredWhenHandlersThrow() {
    List<Long> seen = new ArrayList<>();
    fake.send(0, CR, 1, 2, 3);
    fake.send(1, CR, 1, 4, 5);
    assertThatThrownBy(
            () ->
                channel.receive(
                    event -> {
                      seen.add(event.sequence());
                      throw new IllegalStateException("handler " + event.sequence());
                    },
                    LONG))
        .hasMessage("handler 1")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("handler 2"));
    assertThat(seen).containsExactly(1L, 2L);
    fake.send(0, CR, 1, 2, 3);
    assertThatThrownBy(() -> channel.receive(event -> null, LONG))
        .hasMessageContaining("answered an event with null");
    channel.close();
    assertThatNothingIsLeft();
  }

  @Test
  void aDomainThatCrashesEndsItAtOnce() {
    changeEverything();
    fake.send(0, CR, 1, 2, 3);
    fake.crash();
    assertThat(channel.receive(event -> Response.resume(), Duration.ZERO)).isEqualTo(2);
    assertThatThrownBy(() -> channel.receive(event -> Response.resume(), LONG))
        .isInstanceOf(VmGoneException.class)
        .hasMessageContaining("crashed");
    assertThatThrownBy(() -> channel.enable(new Monitor.MsrWrites(1, false)))
        .isInstanceOf(VmGoneException.class);
    channel.close();
    vm.close();
    assertThat(fake.of(OfDomain.CALLS_AFTER_END)).isZero();
    assertThat(fake.of(OfDomain.VIEW_CALLS_AFTER_END)).isZero();
  }

  @Test
  void aDomainThatIsDestroyedWakesTheReceiver() throws Exception {
    changeEverything();
    channel.receive(event -> Response.resume(), Duration.ZERO);
    Future<Integer> received =
        other.submit(() -> channel.receive(event -> Response.resume(), LONG));
    Thread.sleep(100);
    xen.destroy(ID, false);
    assertThatThrownBy(() -> received.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(VmGoneException.class);
    channel.close();
    assertThat(fake.of(OfDomain.CALLS_AFTER_END)).isZero();
  }

  @Test
  void aDomainThatIsMonitoredBySomebodyElseIsRefused() {
    channel.close();
    fake.leaveKilledClient(1);
    assertThatThrownBy(() -> vm.require(EventSource.class).open())
        .hasMessageContaining("is monitored by another program, or was by one that was killed")
        .hasMessageContaining("recover");
  }

  @Test
  void aProcessorThatWaitsForAKilledProgramIsReleased() {
    EventRecovery recovery = vm.require(EventRecovery.class);
    assertThat(recovery.isMonitored()).isTrue();
    assertThatThrownBy(recovery::releaseVcpus).hasMessageContaining("open already");
    channel.close();
    assertThat(recovery.isMonitored()).isFalse();
    fake.leaveKilledClient(1);
    assertThat(recovery.isMonitored()).isTrue();
    assertThat(fake.of(1, OfVcpu.PAUSES)).isEqualTo(1);
    recovery.releaseVcpus();
    assertThat(recovery.isMonitored()).isFalse();
    assertThatNothingIsLeft();
    recovery.releaseVcpus();
    assertThatNothingIsLeft();
    assertThat(fake.of(OfDomain.WRONG)).isZero();
  }

  @Test
  void sixtyFourProcessorsAreReleasedThroughEightSlots() {
    channel.close();
    vm.close();
    fake.vcpus(64);
    vm = xen.open("xen:guest");
    fake.leaveKilledClient(63);
    vm.require(EventRecovery.class).releaseVcpus();
    assertThat(fake.of(OfDomain.ANSWERS)).isEqualTo(64);
    assertThat(fake.of(63, OfVcpu.PAUSES)).isZero();
  }

  @Test
  void whatAKilledProgramRecordedIsUndone() {
    changeEverything();
    channel.receive(event -> Response.resume(), Duration.ZERO);
    EventRecovery recovery = vm.require(EventRecovery.class);
    xen.pauseByAnother(ID);
    recovery.undo(Change.Held.PAUSED);
    assertThat(xen.pauses(ID)).isZero();
    recovery.undo(Change.Held.IN_VIEW);
    assertThat(fake.of(OfDomain.VIEWS_ON)).isZero();
    recovery.undo(Change.Held.IN_VIEW);
    recovery.undo(new Change.AddedFrame(0x200));
    assertThat(fake.of(OfDomain.ADDED_FRAMES)).isZero();
    assertThatThrownBy(() -> recovery.undo(new Change.Bytes(1, new byte[] {1}, new byte[] {2})))
        .isInstanceOf(IllegalArgumentException.class);
    fake.crash();
  }

  @Test
  void theJournalHoldsWhatIsNotUndoneYet() throws IOException {
    Path journals = folder.resolve("xen/state/journal");
    changeEverything();
    try (var files = Files.list(journals)) {
      assertThat(files).hasSize(1);
    }
    assertThat(vm.require(Journal.class).left()).isEmpty();
    channel.close();
    try (var files = Files.list(journals)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aParavirtualDomainSaysThatItCannot() {
    xen.domain(6, "old", FakeXen.uuid(6), 0, 0, folder.resolve("memory"), 0x1ff);
    try (Vm old = xen.open("xen:old")) {
      assertThat(old.require(EventSource.class).features().kinds()).isEmpty();
      assertThatThrownBy(() -> old.require(EventSource.class).open())
          .hasMessageContaining("reports no events")
          .hasMessageContaining("PVH or HVM");
      assertThat(old.find(FrameRights.class)).isEmpty();
    }
  }
}
