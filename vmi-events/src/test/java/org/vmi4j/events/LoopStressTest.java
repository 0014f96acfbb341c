package org.vmi4j.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.Response;
import org.vmi4j.testkit.MockEvents;

@Timeout(60)
class LoopStressTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  /** A source that notices when two threads use it at once, or when it is used after its end. */
  private static final class Watched implements EventSource, FrameRights {
    private final EventSource inner;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean closed;

    Watched(EventSource inner) {
      this.inner = inner;
    }

    private void alone(Runnable work) {
      if (!busy.compareAndSet(false, true)) {
        faults.add("used by two threads");
      }
      if (closed) {
        faults.add("used after its end");
      }
      try {
        work.run();
      } finally {
        busy.set(false);
      }
    }

    @Override
    public EventFeatures features() {
      return inner.features();
    }

    @Override
    public void set(int view, long first, long count, FrameAccess access) {
      alone(() -> {});
    }

    @Override
    public FrameAccess get(int view, long frame) {
      return FrameAccess.RWX;
    }

    @Override
    public EventChannel open() {
      EventChannel channel = inner.open();
      return new EventChannel() {
        @Override
        public void enable(Monitor monitor) {
          alone(() -> channel.enable(monitor));
        }

        @Override
        public void disable(Monitor monitor) {
          alone(() -> channel.disable(monitor));
        }

        @Override
        public int receive(Handler handler, Duration timeout) {
          // A handler may call the source: it is the same thread then.
          alone(() -> {});
          return channel.receive(handler, timeout);
        }

        @Override
        public void wakeUp() {
          channel.wakeUp();
        }

        @Override
        public void close() {
          alone(channel::close);
          closed = true;
        }
      };
    }
  }

  /** Threads that call everything public at random, while one runs the loop. */
  @Test
  void nothingButTheLoopTouchesTheChannel() throws Exception {
    TestMachine machine = new TestMachine();
    Watched watched = new Watched(machine.source());
    machine.vm().with(EventSource.class, watched).with(FrameRights.class, watched);
    Events events = Events.open(machine.vm());
    Set<Thread> handlers = ConcurrentHashMap.newKeySet();
    EventHandler<Event> note =
        event -> {
          handlers.add(Thread.currentThread());
          return Response.resume();
        };
    Thread loop = new Thread(() -> events.run(LONG), "loop");
    CountDownLatch running = new CountDownLatch(1);
    events.onRegisterWrite(
        X86.CR4,
        event -> {
          running.countDown();
          return Response.resume();
        });
    machine.source().fire(machine.registerWrite(0, X86.CR4, 1));
    loop.start();
    running.await();
    List<Throwable> surprises = Collections.synchronizedList(new ArrayList<>());
    List<Thread> hostile = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(i);
      Thread thread =
          new Thread(
              () -> {
                for (int round = 0; round < 400; round++) {
                  disturb(machine, events, note, random);
                }
              });
      thread.setUncaughtExceptionHandler((each, failure) -> surprises.add(failure));
      hostile.add(thread);
      thread.start();
    }
    for (Thread thread : hostile) {
      thread.join();
    }
    events.close();
    loop.join();
    assertThat(surprises).isEmpty();
    assertThat(watched.faults).isEmpty();
    assertThat(handlers).isSubsetOf(loop);
    assertThat(events.statistics().unanswered()).isZero();
    assertThat(machine.source().isOpen()).isFalse();
  }

  private static void disturb(
      TestMachine machine, Events events, EventHandler<Event> note, Random random) {
    switch (random.nextInt(7)) {
      case 0 -> events.onRegisterWrite(X86.CR3, note).close();
      case 1 -> events.onCpuid(EventFilter.ALL, note);
      case 2 ->
          events.onMemoryAccess(PageRange.ofPage(TestMachine.DATA_PA), Access.WRITE, note).close();
      case 3 -> events.breakpoint(machine.space(), TestMachine.CODE, note).close();
      case 4 -> events.statistics();
      case 5 -> {
        try {
          events.run(Duration.ofMillis(1));
          throw new AssertionError("two loops");
        } catch (VmiException oneRunsAlready) {
          machine.source().fire(machine.cpuid(0, 1));
        }
      }
      default -> machine.source().fire(machine.cr3Write(1, 2));
    }
  }

  /** A source without a queue, so that what is counted is what the loop allocates. */
  private record Endless(MockEvents inner, Event event, int events) implements EventSource {
    @Override
    public EventFeatures features() {
      return inner.features();
    }

    @Override
    public EventChannel open() {
      EventChannel channel = inner.open();
      return new EventChannel() {
        @Override
        public void enable(Monitor monitor) {
          channel.enable(monitor);
        }

        @Override
        public void disable(Monitor monitor) {
          channel.disable(monitor);
        }

        @Override
        public int receive(Handler handler, Duration timeout) {
          for (int i = 0; i < events; i++) {
            handler.onEvent(event);
          }
          return events;
        }

        @Override
        public void wakeUp() {
          channel.wakeUp();
        }

        @Override
        public void close() {
          channel.close();
        }
      };
    }
  }

  @Test
  void anEventAllocatesNothing() {
    TestMachine machine = new TestMachine();
    int batch = 100_000;
    machine
        .vm()
        .with(EventSource.class, new Endless(machine.source(), machine.cr3Write(0, 1), batch));
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Events events = Events.open(machine.vm())) {
      events.onRegisterWrite(X86.CR3, event -> Response.resume());
      events.onRegisterWrite(
          new Monitor.RegisterWrites(X86.CR3, true, false),
          EventFilter.ALL.roots(0x1000).vcpu(0).code(1, -2),
          event -> event.value() == 1 ? Response.deny() : Response.resume());
      events.run(Duration.ofMillis(300));
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      long seen = events.statistics().total();
      events.run(Duration.ofMillis(100));
      long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      long answered = events.statistics().total() - seen;
      assertThat(answered).isGreaterThanOrEqualTo(batch);
      assertThat((double) bytes / answered).isLessThan(0.5);
    }
  }
}
