package org.vmi4j.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vmi4j.api.Architecture.X86_64;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.Monitor;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.Response.Action;
import org.vmi4j.testkit.Operation.Kind;

@Timeout(20)
class EventsTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final List<Throwable> failures = new ArrayList<>();
  private TestMachine machine;
  private Events events;

  @BeforeEach
  void open() {
    machine = new TestMachine();
    events =
        Events.open(
            machine.vm(),
            EventsOptions.DEFAULTS.withOnFailure((event, failure) -> failures.add(failure)));
  }

  @AfterEach
  void close() {
    events.close();
  }

  private List<Response> responses() {
    return machine.source().answers().stream().map(answer -> answer.response()).toList();
  }

  @Test
  void everySubscriberHearsWhatItAskedFor() {
    List<String> heard = new ArrayList<>();
    events.onRegisterWrite(
        X86.CR3,
        event -> {
          heard.add("cr3 " + event.value());
          return Response.resume();
        });
    events.onRegisterWrite(
        X86.CR4,
        event -> {
          heard.add("cr4 " + event.value());
          return Response.deny();
        });
    machine.source().fire(machine.cr3Write(0, 0x1000));
    machine.source().fire(machine.registerWrite(1, X86.CR4, 7));
    events.run(SHORT);

    assertThat(heard).containsExactly("cr3 4096", "cr4 7");
    assertThat(responses()).containsExactly(Response.resume(), Response.deny());
    assertThat(events.statistics().total()).isEqualTo(2);
    assertThat(events.statistics().unanswered()).isZero();
  }

  @Test
  void aHandlerThatThrowsKeepsNobodyWaiting() {
    List<Event> second = new ArrayList<>();
    events.onCpuid(
        EventFilter.ALL,
        event -> {
          throw new IllegalStateException("no");
        });
    events.onCpuid(
        EventFilter.ALL,
        event -> {
          second.add(event.keep());
          return Response.emulate();
        });
    machine.source().fire(machine.cpuid(0, 1));
    machine.source().fire(machine.cpuid(0, 2));
    events.run(SHORT);

    assertThat(failures).hasSize(2).allMatch(IllegalStateException.class::isInstance);
    assertThat(second).hasSize(2);
    assertThat(responses()).containsExactly(Response.emulate(), Response.emulate());
    assertThat(events.statistics().failures()).isEqualTo(2);
  }

  @Test
  void theProcessorGoesOnAfterCpuid() {
    events.onCpuid(EventFilter.ALL, event -> Response.resume());
    events.onCpuid(
        EventFilter.ALL,
        event ->
            event.leaf() == 2
                ? Response.resume().withRegisters(new RegisterValues(X86_64).set(X86.RBX, 5))
                : Response.resume());
    events.onCpuid(
        EventFilter.ALL,
        event ->
            event.leaf() == 3
                ? Response.resume().withRegisters(new RegisterValues(X86_64).set(X86.RIP, 9))
                : Response.resume());
    for (int leaf = 1; leaf <= 3; leaf++) {
      machine.source().fire(machine.cpuid(0, leaf));
    }
    long next = machine.cpuid(0, 1).programCounter() + machine.cpuid(0, 1).instructionLength();
    events.run(SHORT);

    assertThat(responses().stream().map(response -> response.registers().orElseThrow()))
        .containsExactly(
            new RegisterValues(X86_64).set(X86.RIP, next),
            new RegisterValues(X86_64).set(X86.RIP, next).set(X86.RBX, 5),
            new RegisterValues(X86_64).set(X86.RIP, 9));
  }

  @Test
  void whatIsKeptLasts() {
    List<CpuidEvent> kept = new ArrayList<>();
    events.onCpuid(
        EventFilter.ALL,
        event -> {
          kept.add(event.keep());
          return Response.resume();
        });
    CpuidEvent reused = machine.cpuid(0, 1);
    machine.source().onAnswer((event, response) -> reused.fill(9, 9, 9));
    machine.source().fire(reused);
    events.run(SHORT);

    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).leaf()).isEqualTo(1);
    assertThat(kept.get(0).register(X86.RIP)).isEqualTo(TestMachine.RIP);
  }

  @Test
  void filtersSelectBeforeTheHandler() {
    List<Long> heard = new ArrayList<>();
    EventHandler<Event> note =
        event -> {
          heard.add(event.sequence());
          return Response.resume();
        };
    events.onCpuid(EventFilter.ALL.vcpu(1), note);
    events.onCpuid(EventFilter.ALL.roots(0x5000), note);
    events.onCpuid(EventFilter.ALL.code(TestMachine.RIP + 1, -1), note);
    CpuidEvent neither = machine.cpuid(0, 1);
    CpuidEvent byVcpu = machine.cpuid(1, 1);
    CpuidEvent byRoot = machine.withRoot(machine.cpuid(0, 1), 0x5000 | 3);
    machine.source().fire(neither);
    machine.source().fire(byVcpu);
    machine.source().fire(byRoot);
    events.run(SHORT);

    assertThat(heard).containsExactly(byVcpu.sequence(), byRoot.sequence());
  }

  @Test
  void oneMonitorServesSeveralSubscribers() {
    Monitor.RegisterWrites quick = new Monitor.RegisterWrites(X86.CR3, false, true);
    Subscription async = events.onRegisterWrite(quick, EventFilter.ALL, event -> Response.resume());
    assertThat(machine.source().monitors()).containsExactly(quick);

    Subscription sync = events.onRegisterWrite(X86.CR3, event -> Response.resume());
    assertThat(machine.source().monitors())
        .containsExactly(new Monitor.RegisterWrites(X86.CR3, true, false));

    sync.close();
    sync.close();
    assertThat(machine.source().monitors()).containsExactly(quick);
    async.close();
    assertThat(machine.source().monitors()).isEmpty();
    assertThat(async.isOpen()).isFalse();
  }

  @Test
  void whatTheSourceRefusesLeavesNothingBehind() {
    machine.operations().fail(Kind.MONITOR, 1, () -> new VmiException("refused"));
    assertThatThrownBy(() -> events.onRegisterWrite(X86.CR3, event -> Response.resume()))
        .hasMessage("refused");
    events.onRegisterWrite(X86.CR3, event -> Response.resume());
    assertThat(machine.source().monitors()).hasSize(1);
  }

  @Test
  void whatTheSourceCannotDoIsSaidBeforeItIsAsked() {
    events.close();
    machine
        .source()
        .features(
            new EventFeatures(
                Set.of(EventKind.CPUID),
                EnumSet.allOf(Action.class),
                false,
                false,
                true,
                Map.of("register-write", "its processor is an Arm")));
    events = Events.open(machine.vm());
    assertThatThrownBy(() -> events.onRegisterWrite(X86.CR3, event -> Response.resume()))
        .hasMessage("the machine does not report register-write: its processor is an Arm");
  }

  @Test
  void otherThreadsSubscribeWhileTheLoopRuns() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    Thread loop = new Thread(() -> events.run(Duration.ofSeconds(15)));
    loop.start();
    Subscription subscription =
        events.onCpuid(
            EventFilter.ALL,
            event -> {
              heard.countDown();
              return Response.resume();
            });
    machine.source().fire(machine.cpuid(0, 1));
    heard.await();
    subscription.close();
    assertThat(machine.source().monitors()).isEmpty();
    events.stop();
    loop.join();
  }

  @Test
  void aHandlerMayCloseItsSubscriptionAndTheEvents() {
    List<Event> heard = new ArrayList<>();
    Subscription[] own = new Subscription[1];
    own[0] =
        events.onCpuid(
            EventFilter.ALL,
            event -> {
              heard.add(event);
              own[0].close();
              return Response.resume();
            });
    events.onRegisterWrite(
        X86.CR3,
        event -> {
          events.close();
          return Response.deny();
        });
    machine.source().fire(machine.cpuid(0, 1));
    machine.source().fire(machine.cpuid(0, 2));
    machine.source().fire(machine.cr3Write(0, 1));
    events.run(Duration.ofSeconds(15));

    assertThat(heard).hasSize(1);
    assertThat(responses().stream().map(Response::action))
        .containsExactly(Action.RESUME, Action.RESUME, Action.DENY);
    assertThat(machine.source().isOpen()).isFalse();
    assertThatThrownBy(() -> events.run(SHORT)).hasMessageContaining("closed");
    assertThatThrownBy(() -> events.onCpuid(EventFilter.ALL, event -> Response.resume()))
        .hasMessageContaining("closed");
  }

  @Test
  void theEndOfTheMachineEndsTheLoopAndNothingMoreIsAskedOfIt() {
    events.breakpoint(machine.space(), TestMachine.CODE, event -> Response.resume());
    machine.operations().clear();
    machine.source().end();
    assertThatThrownBy(() -> events.run(SHORT)).isInstanceOf(VmGoneException.class);
    events.close();
    assertThat(machine.operations().all())
        .extracting(operation -> operation.kind())
        .doesNotContain(Kind.WRITE, Kind.SWITCH_VIEW, Kind.SET_RIGHTS);
  }

  @Test
  void twoLoopsAreRefused() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    events.onCpuid(
        EventFilter.ALL,
        event -> {
          running.countDown();
          return Response.resume();
        });
    machine.source().fire(machine.cpuid(0, 1));
    Thread loop = new Thread(() -> events.run(Duration.ofSeconds(15)));
    loop.start();
    running.await();
    assertThatThrownBy(() -> events.run(SHORT)).hasMessageContaining("another thread");
    events.close();
    loop.join();
    assertThat(machine.source().isOpen()).isFalse();
  }

  @Test
  void aStepThatWasAskedForReachesItsSubscriber() {
    List<Event> steps = new ArrayList<>();
    events.onRegisterWrite(X86.CR3, event -> Response.step());
    events.onSingleStep(
        EventFilter.ALL,
        event -> {
          steps.add(event);
          return steps.size() < 3 ? Response.step() : Response.resume();
        });
    machine.stepsWhenAsked();
    machine.source().fire(machine.cr3Write(0, 1));
    events.run(SHORT);

    assertThat(steps).hasSize(3);
    assertThat(responses())
        .containsExactly(Response.step(), Response.step(), Response.step(), Response.resume());
  }

  @Test
  void strongerAnswersWin() {
    events.onRegisterWrite(X86.CR3, event -> Response.deny());
    events.onRegisterWrite(X86.CR3, event -> Response.emulate().thenStep());
    RegisterWriteEvent event = machine.cr3Write(0, 1);
    machine.source().fire(event);
    events.run(SHORT);
    assertThat(responses()).containsExactly(Response.deny().thenStep());
  }
}
