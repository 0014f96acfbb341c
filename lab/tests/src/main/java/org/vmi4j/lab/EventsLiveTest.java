package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.Response;
import org.vmi4j.events.Access;
import org.vmi4j.events.EventFilter;
import org.vmi4j.events.Events;
import org.vmi4j.events.EventsOptions;
import org.vmi4j.events.PageRange;
import org.vmi4j.events.Recovery;
import org.vmi4j.os.linux.Linux;

/** Events of real guests, compared with what the guests say that they did. */
class EventsLiveTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int CALLS = 1000;

  /** A system call that nothing else in the guest makes. */
  private static final String SILENT = "getpgid";

  static Stream<Truth> guests() {
    return Truth.all().stream().filter(truth -> !truth.isParavirtual());
  }

  /** Each guest is opened once: to find its kernel is what takes long here. */
  private static final Map<String, Linux> OPEN = new HashMap<>();

  private static Linux linux(Truth truth) {
    return OPEN.computeIfAbsent(truth.guest(), guest -> Linux.detect(Vmi.open(truth.uri())));
  }

  @AfterAll
  static void close() {
    OPEN.values().forEach(linux -> linux.vm().close());
    OPEN.clear();
  }

  private static long function(Linux linux, String name) {
    return linux.profile().symbols().address("__x64_sys_" + name).orElseThrow();
  }

  /** A guest that is watched, until the work that it is told to do is done. */
  private static final class Watched implements AutoCloseable {
    private final Truth truth;
    private final Linux linux;
    private final Events events;

    Watched(Truth truth, EventsOptions options) {
      this.truth = truth;
      this.linux = linux(truth);
      this.events = Events.open(linux.vm(), options);
    }

    /** Runs the loop while the guest works, and a moment longer. */
    String during(String exercise, long count) throws InterruptedException {
      String[] printed = {""};
      Thread worker =
          new Thread(
              () -> {
                printed[0] = exercise(truth, exercise, count);
                events.stop();
              });
      worker.start();
      events.run(LONG);
      worker.join();
      events.run(Duration.ofMillis(200));
      assertThat(events.statistics().unanswered()).isZero();
      return printed[0];
    }

    @Override
    public void close() {
      events.close();
      assertThat(exercise(truth, "calls", 3)).as("the guest goes on").contains("@@@ calls 3");
    }
  }

  private static String exercise(Truth truth, String what, long count) {
    return Dom0.run("/lab/truth", truth.guest(), "exercise", what, String.valueOf(count));
  }

  private static void assumeIts(Truth truth, EventKind kind) {
    EventFeatures features = linux(truth).vm().require(EventSource.class).features();
    // JUnit's: AssertJ's make classes at run time, which takes half a minute in an emulator.
    assumeTrue(features.kinds().contains(kind), () -> String.valueOf(features.missing()));
  }

  private static void countsCalls(Truth truth, EventsOptions options, int offset)
      throws InterruptedException {
    AtomicInteger hits = new AtomicInteger();
    try (Watched watched = new Watched(truth, options)) {
      watched.events.breakpoint(
          watched.linux.addressSpace(),
          function(watched.linux, SILENT) + offset,
          event -> {
            hits.incrementAndGet();
            return Response.resume();
          });
      assertThat(watched.during("calls", CALLS)).contains("@@@ calls " + CALLS);
    }
    assertThat(hits).hasValue(CALLS);
  }

  @ParameterizedTest
  @MethodSource("guests")
  void aHiddenBreakpointIsHitAsOftenAsTheFunctionIsCalled(Truth truth) throws Exception {
    assumeIts(truth, EventKind.BREAKPOINT);
    countsCalls(truth, EventsOptions.DEFAULTS, 0);
  }

  @ParameterizedTest
  @MethodSource("guests")
  void aBreakpointInPlaceIsHitAsOftenAsTheFunctionIsCalled(Truth truth) throws Exception {
    assumeIts(truth, EventKind.BREAKPOINT);
    countsCalls(truth, EventsOptions.DEFAULTS.withoutViews(), 0);
  }

  /** The second instruction: the first, of five bytes, does nothing and is skipped. */
  @ParameterizedTest
  @MethodSource("guests")
  void anInstructionThatHasToBeExecutedIsSteppedPast(Truth truth) throws Exception {
    assumeIts(truth, EventKind.SINGLE_STEP);
    countsCalls(truth, EventsOptions.DEFAULTS.withoutViews(), 5);
  }

  @ParameterizedTest
  @MethodSource("guests")
  void theGuestReadsItsOwnCodeAndSeesNoBreakpoint(Truth truth) throws Exception {
    assumeIts(truth, EventKind.BREAKPOINT);
    try (Watched watched = new Watched(truth, EventsOptions.DEFAULTS)) {
      long address = function(watched.linux, SILENT);
      String before =
          String.format("@@@ code %016x", watched.linux.addressSpace().readLong(address));
      watched.events.breakpoint(watched.linux.addressSpace(), address, event -> Response.resume());
      assertThat(watched.during("code", address)).contains(before);
    }
  }

  @ParameterizedTest
  @MethodSource("guests")
  void theGuestsOwnBreakpointsAndStepsAreItsOwn(Truth truth) throws Exception {
    assumeIts(truth, EventKind.BREAKPOINT);
    try (Watched watched = new Watched(truth, EventsOptions.DEFAULTS)) {
      watched.events.breakpoint(
          watched.linux.addressSpace(),
          function(watched.linux, SILENT),
          event -> Response.resume());
      AtomicInteger debugged = new AtomicInteger();
      watched.events.onDebugException(
          EventFilter.ALL,
          event -> {
            debugged.incrementAndGet();
            return Response.reinject();
          });
      assertThat(watched.during("traps", 20)).contains("@@@ traps 20");
      assertThat(watched.during("steps", 20)).contains("@@@ steps 80");
      assertThat(debugged).hasValue(80);
    }
  }

  @ParameterizedTest
  @MethodSource("guests")
  void registersTablesAndCpuidAreReported(Truth truth) throws Exception {
    assumeIts(truth, EventKind.REGISTER_WRITE);
    AtomicInteger switches = new AtomicInteger();
    AtomicInteger tables = new AtomicInteger();
    AtomicInteger cpuids = new AtomicInteger();
    try (Watched watched = new Watched(truth, EventsOptions.DEFAULTS)) {
      watched.events.onRegisterWrite(
          X86.CR3,
          event -> {
            switches.incrementAndGet();
            return Response.resume();
          });
      watched.events.onDescriptorAccess(
          EventFilter.ALL,
          event -> {
            tables.incrementAndGet();
            return Response.emulate();
          });
      watched.events.onCpuid(
          EventFilter.ALL,
          event -> {
            cpuids.incrementAndGet();
            return Response.resume();
          });
      assertThat(watched.during("tables", 20)).contains("@@@ tables 20");
      assertThat(watched.during("cpuid", 50)).contains("@@@ cpuid 50");
    }
    assertThat(switches).hasValueGreaterThan(50);
    assertThat(tables).hasValue(20);
    assertThat(cpuids).hasValueGreaterThanOrEqualTo(50);
  }

  /** The page of the kernel's clock, which is written all the time. */
  @ParameterizedTest
  @MethodSource("guests")
  void writesToAPageAreReported(Truth truth) throws Exception {
    assumeIts(truth, EventKind.SINGLE_STEP);
    AtomicInteger writes = new AtomicInteger();
    try (Watched watched = new Watched(truth, EventsOptions.DEFAULTS)) {
      long clock = watched.linux.profile().symbols().address("jiffies").orElseThrow();
      long page = watched.linux.addressSpace().translate(clock).physical().orElseThrow();
      watched.events.onMemoryAccess(
          PageRange.ofPage(page),
          Access.WRITE,
          event -> {
            writes.incrementAndGet();
            return Response.resume();
          });
      watched.events.run(Duration.ofSeconds(2));
      assertThat(watched.events.statistics().unanswered()).isZero();
    }
    assertThat(writes).hasValueGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("guests")
  void aThousandInstructionsAreStepped(Truth truth) {
    assumeIts(truth, EventKind.SINGLE_STEP);
    AtomicInteger steps = new AtomicInteger();
    try (Watched watched = new Watched(truth, EventsOptions.DEFAULTS)) {
      watched.events.step(
          EventFilter.ALL,
          event -> {
            if (steps.incrementAndGet() == CALLS) {
              watched.events.stop();
            }
            return Response.resume();
          });
      watched.events.run(LONG);
    }
    assertThat(steps).hasValueGreaterThanOrEqualTo(CALLS);
  }

  @ParameterizedTest
  @MethodSource("guests")
  void attachingAndDetachingUnderLoadLeavesNothing(Truth truth) throws Exception {
    assumeIts(truth, EventKind.BREAKPOINT);
    Linux linux = linux(truth);
    for (int i = 0; i < 50; i++) {
      EventsOptions options =
          i % 2 == 0 ? EventsOptions.DEFAULTS : EventsOptions.DEFAULTS.withoutViews();
      try (Events events = Events.open(linux.vm(), options)) {
        events.breakpoint(
            linux.addressSpace(), function(linux, "nanosleep"), event -> Response.resume());
        events.onRegisterWrite(X86.CR3, event -> Response.resume());
        events.run(Duration.ofMillis(50));
      }
    }
    assertThat(exercise(truth, "calls", 3)).contains("@@@ calls 3");
  }

  /** A client that sets breakpoints into the guest, and is killed. */
  public static final class Client {
    private Client() {}

    public static void main(String[] arguments) {
      Vm vm = Vmi.open(arguments[0]);
      Linux linux = Linux.detect(vm);
      Events events = Events.open(vm, EventsOptions.DEFAULTS.withoutViews());
      for (String name : new String[] {"read", "write", "openat", "close", "clock_nanosleep"}) {
        events.breakpoint(linux.addressSpace(), function(linux, name), event -> Response.resume());
      }
      System.out.println("watching");
      events.run();
    }
  }

  @ParameterizedTest
  @MethodSource("guests")
  void aGuestWhoseClientWasKilledIsRecovered(Truth truth) throws Exception {
    assumeIts(truth, EventKind.BREAKPOINT);
    Linux linux = linux(truth);
    byte[] before = linux.addressSpace().readBytes(function(linux, "read"), 16);
    Process client = Dom0.start(Client.class, truth.uri());
    awaitLine(client);
    Thread.sleep(500);
    client.destroyForcibly().waitFor();
    assertThat(linux.addressSpace().readBytes(function(linux, "read"), 16)).isNotEqualTo(before);
    Recovery recovery = new Recovery(linux.vm());
    assertThat(recovery.findings()).anyMatch(finding -> finding.startsWith("bytes at"));
    assertThat(recovery.recover()).hasSizeGreaterThan(5);
    assertThat(recovery.findings()).isEmpty();
    assertThat(linux.addressSpace().readBytes(function(linux, "read"), 16)).isEqualTo(before);
    assertThat(exercise(truth, "calls", 3)).contains("@@@ calls 3");
  }

  private static void awaitLine(Process client) throws IOException {
    StringBuilder printed = new StringBuilder();
    for (int c = client.getInputStream().read(); c != '\n'; c = client.getInputStream().read()) {
      if (c < 0) {
        throw new VmiException("the client ended: " + printed);
      }
      printed.append((char) c);
    }
    assertThat(printed.toString()).isEqualTo("watching");
  }
}
