package org.vmi4j.xen.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.Views;
import org.vmi4j.xen.fake.FakeEvents;
import org.vmi4j.xen.fake.FakeEvents.OfDomain;
import org.vmi4j.xen.fake.FakeXen;

/** Rights of frames, views and added frames, as Xen is asked for them. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class XenViewsTest {
  private static final int ID = 5;
  private static final int LAST = 0x1ff;
  private static final int RX = 5;
  private static final int RWX = 7;

  @TempDir private Path folder;
  private FakeXen xen;
  private FakeEvents fake;
  private Vm vm;

  private void start(int minor) throws IOException, InterruptedException {
    Path memory = folder.resolve("memory");
    Files.write(memory, new byte[1 << 21]);
    xen = FakeXen.of(folder.resolve("xen"), 4, minor);
    xen.domain(ID, "guest", memory, LAST);
    fake = xen.events(ID);
    vm = xen.open("xen:guest");
  }

  private EventChannel channel() {
    return vm.require(EventSource.class).open();
  }

  @AfterEach
  void close() {
    vm.close();
    assertThat(xen.handles()).isZero();
    assertThat(xen.pauses(ID)).isZero();
    assertThat(fake.of(OfDomain.ENABLED)).isZero();
  }

  @Test
  void aRangeIsSetInOneCallAndLiftedAtTheEnd() throws IOException, InterruptedException {
    start(17);
    EventChannel channel = channel();
    FrameRights rights = vm.require(FrameRights.class);
    rights.set(0, 0x10, 0x100, FrameAccess.RX);
    assertThat(fake.of(OfDomain.ACCESS_CALLS)).isEqualTo(1);
    assertThat(fake.access(0, 0x10)).isEqualTo(RX);
    assertThat(fake.access(0, 0x10f)).isEqualTo(RX);
    assertThat(fake.access(0, 0x110)).isEqualTo(RWX);
    assertThat(rights.get(0, 0x20)).isEqualTo(FrameAccess.RX);
    rights.set(0, 0x20, 1, FrameAccess.RWX);
    assertThat(rights.get(0, 0x20)).isEqualTo(FrameAccess.RWX);
    rights.set(0, 0x1f0, Long.MAX_VALUE >> 1, FrameAccess.NONE);
    assertThat(fake.access(0, LAST)).isZero();
    channel.close();
    for (int frame = 0; frame <= LAST; frame++) {
      assertThat(fake.access(0, frame)).isEqualTo(RWX);
    }
  }

  @Test
  void absentFramesArePassedOver() throws IOException, InterruptedException {
    start(17);
    channel();
    xen.balloonOut(ID, 0x33, 0x33);
    xen.balloonOut(ID, 0x40, 0x4f);
    vm.require(FrameRights.class).set(0, 0, LAST + 1, FrameAccess.R);
    assertThat(fake.access(0, 0)).isEqualTo(1);
    assertThat(fake.access(0, 0x32)).isEqualTo(1);
    assertThat(fake.access(0, 0x33)).isEqualTo(RWX);
    assertThat(fake.access(0, 0x34)).isEqualTo(1);
    assertThat(fake.access(0, LAST)).isEqualTo(1);
    int view = vm.require(Views.class).create(FrameAccess.RWX);
    vm.require(FrameRights.class).set(view, 0, LAST + 1, FrameAccess.X);
    assertThat(fake.access(view, 0x32)).isEqualTo(4);
    assertThat(fake.access(view, 0x34)).isEqualTo(4);
  }

  @Test
  void whatCannotBeSetIsSaid() throws IOException, InterruptedException {
    start(17);
    FrameRights rights = vm.require(FrameRights.class);
    assertThatThrownBy(() -> rights.set(0, 1, 1, FrameAccess.RX))
        .hasMessageContaining("no channel of events is open");
    channel();
    assertThatThrownBy(() -> rights.set(0, 1, 1, FrameAccess.W))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rights.set(0, -1, 1, FrameAccess.R))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rights.set(3, 1, 1, FrameAccess.RX))
        .hasMessageContaining("there is no view 3");
    xen.fail("xc_set_mem_access", 12, 1);
    assertThatThrownBy(() -> rights.set(0, 1, 1, FrameAccess.RX))
        .hasMessageContaining("cannot set the rights of frames from 0x1")
        .hasMessageContaining("ENOMEM");
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 11, 13, 14, 17, 20})
  void aViewHasItsRightsInEveryRelease(int minor) throws IOException, InterruptedException {
    start(minor);
    EventChannel channel = channel();
    Views views = vm.require(Views.class);
    FrameRights rights = vm.require(FrameRights.class);
    assertThat(views.limit()).isEqualTo(10);
    int view = views.create(FrameAccess.RX);
    assertThat(view).isEqualTo(1);
    assertThat(fake.of(OfDomain.VIEWS_ON)).isEqualTo(1);
    assertThat(fake.access(view, 0x20)).isEqualTo(minor >= 14 ? RWX : RX);
    assertThat(fake.view(view)).isEqualTo(minor >= 14 ? RX : RWX);
    rights.set(view, 0x30, 2, FrameAccess.X);
    assertThat(fake.access(view, 0x31)).isEqualTo(4);
    if (minor >= 12) {
      assertThat(rights.get(view, 0x31)).isEqualTo(FrameAccess.X);
      assertThat(rights.get(views.create(FrameAccess.R), 0x31)).isEqualTo(FrameAccess.R);
    }
    views.switchTo(view);
    views.remap(view, 0x31, 0x200);
    assertThat(fake.remapped(view, 0)).isEqualTo(0x31);
    assertThat(fake.remapped(view, 1)).isEqualTo(0x200);
    views.restore(view, 0x31);
    assertThat(fake.remapped(view, 1)).isEqualTo(-1);
    assertThatThrownBy(() -> views.destroy(view)).hasMessageContaining("EBUSY");
    views.switchTo(0);
    views.destroy(view);
    assertThat(fake.view(view)).isEqualTo(-1);
    assertThatThrownBy(() -> views.remap(view, 1, 2)).hasMessageContaining("there is no view");
    views.switchTo(views.create(FrameAccess.RWX));
    assertThatThrownBy(
            () -> {
              while (true) {
                views.create(FrameAccess.RWX);
              }
            })
        .hasMessageContaining("no more than 10 views");
    channel.close();
    assertThat(fake.of(OfDomain.VIEWS_ON)).isZero();
    assertThat(fake.view(1)).isEqualTo(-1);
  }

  @Test
  void aDomainThatPermitsNoViewsHasOneAndSaysWhatToDo() throws IOException, InterruptedException {
    start(17);
    fake.features(0x1f7f, true, true, 0);
    channel();
    assertThat(vm.require(Views.class).limit()).isEqualTo(1);
    assertThatThrownBy(() -> vm.require(Views.class).create(FrameAccess.RWX))
        .hasMessageContaining("altp2m=\"external\"");
  }

  @Test
  void noCallOnViewsIsMadeOnADomainThatCrashed() throws IOException, InterruptedException {
    start(17);
    EventChannel channel = channel();
    Views views = vm.require(Views.class);
    int view = views.create(FrameAccess.RWX);
    views.switchTo(view);
    vm.require(FrameRights.class).set(0, 1, 1, FrameAccess.RX);
    fake.crash();
    assertThatThrownBy(() -> views.switchTo(0))
        .isInstanceOf(VmGoneException.class)
        .hasMessageContaining("crashed");
    assertThatThrownBy(() -> views.create(FrameAccess.RWX)).isInstanceOf(VmGoneException.class);
    channel.close();
    vm.close();
    assertThat(fake.of(OfDomain.VIEW_CALLS_AFTER_END)).isZero();
    assertThat(fake.of(OfDomain.CALLS_AFTER_END)).isZero();
    // So that the check of all tests holds: here Xen itself clears up.
    xen.destroy(ID, true);
    start2();
  }

  private void start2() {
    xen.domain(ID, "other", FakeXen.uuid(9), FakeXen.HVM, 0, folder.resolve("memory"), LAST);
  }

  @Test
  void addedFramesLieBehindTheLastAndAreTakenBack() throws IOException, InterruptedException {
    start(17);
    EventChannel channel = channel();
    GuestFrames frames = vm.require(GuestFrames.class);
    long first = frames.add();
    long second = frames.add();
    assertThat(first).isEqualTo(LAST + 1);
    assertThat(second).isEqualTo(LAST + 2);
    assertThat(fake.of(OfDomain.ADDED_FRAMES)).isEqualTo(2);
    assertThat(fake.of(OfDomain.MAX_KIB)).isEqualTo((LAST + 3) * 4);
    vm.physicalMemory().writeLong(first * 4096, 0x1234);
    assertThat(vm.physicalMemory().readLong(first * 4096)).isEqualTo(0x1234);
    assertThat(vm.physicalMemory().end()).isEqualTo((LAST + 1) * 4096L);
    frames.remove(first);
    assertThat(fake.of(OfDomain.MAX_KIB)).isEqualTo((LAST + 2) * 4);
    assertThatThrownBy(() -> frames.remove(first)).hasMessageContaining("none that was added");
    assertThat(frames.add()).isEqualTo(first);
    xen.fail("xc_domain_populate_physmap_exact", 12, 1);
    assertThatThrownBy(frames::add).hasMessageContaining("no memory left");
    channel.close();
    assertThat(fake.of(OfDomain.ADDED_FRAMES)).isZero();
    assertThat(fake.of(OfDomain.MAX_KIB)).isEqualTo((LAST + 1) * 4);
  }
}
