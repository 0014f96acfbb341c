package org.vmi4j.xen.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventChannel.Handler;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.xen.fake.FakeEvents;
import org.vmi4j.xen.fake.FakeEvents.OfDomain;
import org.vmi4j.xen.fake.FakeEvents.OfVcpu;
import org.vmi4j.xen.fake.FakeXen;

/** Many processors make events as quickly as they are answered, in a thread of their own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StormTest {
  private static final int ID = 5;

  @TempDir private Path folder;
  private FakeXen xen;
  private FakeEvents fake;
  private Vm vm;
  private EventChannel channel;

  private void open(int vcpus) throws IOException, InterruptedException {
    Path memory = folder.resolve("memory");
    Files.write(memory, new byte[1 << 21]);
    xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(ID, "guest", memory, 0x1ff);
    fake = xen.events(ID).vcpus(vcpus);
    vm = xen.open("xen:guest");
    channel = vm.require(EventSource.class).open();
  }

  @AfterEach
  void close() {
    vm.close();
    assertThat(xen.handles()).isZero();
  }

  /** Checks that the events of each processor come in their order, and lets it go on. */
  private static final class InOrder implements Handler {
    private final long[] seen;
    private long wrong;
    private long count;

    InOrder(int vcpus) {
      seen = new long[vcpus];
    }

    @Override
    public Response onEvent(Event event) {
      RegisterWriteEvent write = (RegisterWriteEvent) event;
      wrong += write.value() == ++seen[event.vcpu()] ? 0 : 1;
      wrong += event.register(X86.RAX) == 0 ? 0 : 1;
      count++;
      return Response.resume();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, true",
    "2, true",
    "6, true",
    "7, true",
    "8, false",
    "9, true",
    "64, true",
    "64, false"
  })
  void nothingIsLostWithAnyNumberOfProcessors(int vcpus, boolean sparing)
      throws IOException, InterruptedException {
    open(vcpus);
    long each = 40_000 / vcpus;
    InOrder handler = new InOrder(vcpus);
    fake.produce(each, sparing);
    long idle = 0;
    while (handler.count < each * vcpus && idle < 3) {
      // A wake-up that is lost shows as a whole second without an event.
      idle += channel.receive(handler, Duration.ofSeconds(20)) == 0 ? 1 : 0;
    }
    assertThat(idle).isZero();
    assertThat(handler.count).isEqualTo(each * vcpus);
    assertThat(handler.wrong).isZero();
    assertThat(fake.of(OfDomain.WRONG)).isZero();
    for (int vcpu = 0; vcpu < vcpus; vcpu++) {
      assertThat(fake.of(vcpu, OfVcpu.ANSWERED)).isEqualTo(each);
    }
  }

  @Test
  void aStormThatIsClosedLeavesNoProcessorWaiting() throws IOException, InterruptedException {
    open(16);
    for (int round = 0; round < 20; round++) {
      fake.produce(1_000_000, round % 2 == 0);
      InOrder handler = new InOrder(16);
      while (handler.count < 500) {
        channel.receive(handler, Duration.ofSeconds(10));
      }
      channel.close();
      for (int vcpu = 0; vcpu < 16; vcpu++) {
        assertThat(fake.of(vcpu, OfVcpu.PAUSES)).as("processor " + vcpu).isZero();
      }
      while (fake.of(OfDomain.FINISHED) == 0) {
        Thread.onSpinWait();
      }
      channel = vm.require(EventSource.class).open();
    }
  }

  @Test
  void nothingIsAllocatedForAnEvent() throws IOException, InterruptedException {
    open(8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    InOrder handler = new InOrder(8);
    Duration timeout = Duration.ofSeconds(20);
    long events = 0;
    long allocated = 0;
    for (int round = 0; round < 3; round++) {
      handler.count = 0;
      Arrays.fill(handler.seen, 0);
      fake.produce(100_000 / 8, true);
      long before = threads.getCurrentThreadAllocatedBytes();
      while (handler.count < 100_000) {
        channel.receive(handler, timeout);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
      events = handler.count;
    }
    assertThat(events).isEqualTo(100_000);
    assertThat(handler.wrong).isZero();
    // What the test itself and the end of a thread may allocate, however many events there are.
    assertThat(allocated).isLessThan(4096);
  }
}
