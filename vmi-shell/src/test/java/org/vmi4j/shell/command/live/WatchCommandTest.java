package org.vmi4j.shell.command.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.Response;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.command.live.WatchedGuest.Run;
import org.vmi4j.shell.session.ExitCode;
import org.vmi4j.testkit.MockDriver;
import org.vmi4j.testkit.MockEvents;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.Operation;

/** Watches the bundled guest, whose events the tests fire. */
@Timeout(60)
class WatchCommandTest {
  private static final byte INT3 = (byte) 0xcc;

  private final WatchedGuest guest = new WatchedGuest();

  @AfterEach
  void close() {
    guest.close();
  }

  private Run watch(String... options) {
    List<String> line = new ArrayList<>(List.of("watch", guest.uri()));
    line.addAll(List.of(options));
    return guest.run(line.toArray(String[]::new));
  }

  /** The guest is as it was, and nothing waits. */
  private void assertRestored() {
    assertThat(guest.source().isOpen()).isFalse();
    assertThat(guest.source().monitors()).isEmpty();
  }

  private void assertUntouched() {
    assertThat(guest.operations().of(Operation.Kind.OPEN_EVENTS)).isEmpty();
  }

  private LinuxProcess process(int id) {
    return guest.linux().process(id);
  }

  @Test
  void eachEventIsARecord() {
    guest.execute(0, process(1));
    guest.source().fire(guest.cr3Write(0, 0x5000));
    guest.source().fire(guest.cr3Write(0, 0x6000));
    Run run = watch("--cr3", "--count", "2", "-o", "csv");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "time,sequence,vcpu,event,pid,process,tid,thread,address,symbol,details",
            "2023-11-14T22:13:20.123456Z,1,0,register-write,1,witness,1,witness,0x"
                + Long.toHexString(guest.symbol("schedule") + 4)
                + ",schedule+0x4,\"register=cr3, value=0x5000, old=0x1000\"",
            "2023-11-14T22:13:20.123456Z,2,0,register-write,1,witness,1,witness,0x"
                + Long.toHexString(guest.symbol("schedule") + 4)
                + ",schedule+0x4,\"register=cr3, value=0x6000, old=0x1000\"");
    assertRestored();
  }

  @Test
  void aChangeOfTheAddressSpaceNamesWhoGetsIt() {
    guest.execute(0, process(2));
    long root = process(1).addressSpace().root();
    guest.source().fire(guest.cr3Write(0, root | 0x8000_0000_0000_1003L));
    String line = watch("--cr3", "--count", "1", "-o", "csv").out().lines().skip(1).toList().get(0);
    assertThat(line).contains("2,kthreadd,2,kthreadd").endsWith(", to=1 witness\"");
  }

  @Test
  void jsonIsOneObjectALine() throws IOException {
    for (int i = 0; i < 3; i++) {
      guest.source().fire(guest.cpuid(0, 0x40_1000, i));
    }
    Run run = watch("--cpuid", "--count", "3", "-o", "json");
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(3);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i))
          .contains("\"sequence\":" + (i + 1), "\"details\":[\"leaf=0x" + i + "\"")
          .doesNotContain("symbol");
      try (JsonParser json = new JsonFactory().createParser(lines.get(i))) {
        while (json.nextToken() != null) {
          assertThat(json.currentToken()).isNotNull();
        }
      }
    }
  }

  @Test
  void aTableIsWrittenAsItHappens() {
    guest.source().fire(guest.cr3Write(0, 0x5000));
    List<String> lines = watch("--cr3", "--count", "1").out().lines().toList();
    assertThat(lines.get(0)).startsWith("TIME").contains("PROCESS", "SYMBOL");
    assertThat(lines.get(1)).contains("register-write", "schedule+0x4", "value=0x5000");
  }

  /** Its name takes over a terminal, ends lines, and is a formula. */
  @Test
  void namesOfTheGuestAreHarmless() {
    LinuxProcess process = process(1);
    guest.execute(0, process);
    guest.rename(process, "=a\u001b[2J\"\n\u0000".getBytes(StandardCharsets.UTF_8));
    for (String format : List.of("table", "json", "csv")) {
      guest.source().fire(guest.cr3Write(0, 0x5000));
      String out = watch("--cr3", "--count", "1", "-o", format).out();
      assertThat(out).doesNotContain("\u001b");
      assertThat(out.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(2);
      assertThat(out).contains(format.equals("json") ? "\"=a\\u001B[2J" : "=a\\x1b[2J");
    }
  }

  @Test
  void eventsOfOtherProcessesAreLeftOut() {
    LinuxProcess one = process(1);
    LinuxProcess other = process(2);
    for (int i = 0; i < 6; i++) {
      int round = i;
      guest.source().fire(guest.cr3Write(0, 0x1000L * (round + 1)));
    }
    // Each answer lets another process run.
    guest.execute(0, one);
    guest
        .source()
        .onAnswer((event, response) -> guest.execute(0, event.sequence() % 2 == 1 ? other : one));
    Run run = watch("--cr3", "--pid", "2", "--count", "3", "-o", "csv");
    assertThat(run.out().lines().skip(1).map(line -> line.split(",", -1)[1]))
        .containsExactly("2", "4", "6");
    assertThat(guest.answers()).hasSize(6);
  }

  @Test
  void eventsAreSelectedByNameAndByProcessor() {
    guest.execute(0, process(2));
    guest.source().fire(guest.cr3Write(0, 0x1000));
    guest.source().fire(guest.cr3Write(1, 0x2000));
    Run named = watch("--cr3", "--name", "kthreadd", "--vcpu", "0", "--for", "300ms", "-o", "csv");
    assertThat(named.code()).as(named.err()).isZero();
    assertThat(named.out().lines()).hasSize(2).last().asString().contains("kthreadd");
    guest.source().fire(guest.cr3Write(0, 0x1000));
    Run none = watch("--cr3", "--name", "nobody", "--for", "200ms", "-o", "csv");
    assertThat(none.out().lines()).hasSize(1);
    assertRestored();
  }

  @Test
  void aBreakpointIsThereWhileItIsWatchedAndGoneAfterwards() {
    long address = guest.symbol("do_sys_openat2") + 5;
    long physical = guest.physical(address);
    byte original = guest.memory().get(physical, 1)[0];
    List<Byte> seen = new ArrayList<>();
    guest.source().onAnswer((event, response) -> seen.add(guest.memory().get(physical, 1)[0]));
    guest.source().fire(guest.step(address + 1));
    guest.source().fire(guest.int3(address));
    Run run = watch("--break", "do_sys_openat2+5", "--count", "1", "-o", "csv");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("breakpoint", "do_sys_openat2+0x5");
    assertThat(seen.get(0)).isEqualTo(INT3);
    assertThat(guest.memory().get(physical, 1)[0]).isEqualTo(original);
    assertRestored();
  }

  @Test
  void pagesAreWatchedInEveryWayAndAnEventIsRecordedOnce() {
    long pa = guest.physical(guest.symbol("init_task"));
    String text = "0x" + Long.toHexString(pa);
    List<FrameAccess> rights = new ArrayList<>();
    guest.source().onAnswer((event, response) -> rights.add(guest.views().get(0, 0)));
    guest.source().fire(guest.access(pa, true, true));
    guest.source().fire(guest.access(pa + 8, true, false));
    guest.source().fire(guest.access(pa + 0x10_0000, true, false));
    Run run = watch("--write", text, "--read", text, "--exec", text, "--for", "300ms", "-o", "csv");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines().skip(1)).hasSize(2);
    assertThat(run.out()).contains("access=rw-", "access=r--");
    assertThat(rights).hasSize(3);
    assertRestored();
  }

  @Test
  void processorsGoOnAfterCpuidAndWhileTheyStep() {
    guest.source().fire(guest.cpuid(0, 0x40_1000, 1));
    guest.source().fire(guest.step(0x40_1002));
    guest.source().fire(guest.step(0x40_1003));
    Run run = watch("--cpuid", "--step", "--msr", "lstar", "--count", "3", "-o", "csv");

    assertThat(run.code()).as(run.err()).isZero();
    List<Response> responses = guest.answers().stream().map(MockEvents.Answer::response).toList();
    assertThat(responses.get(0).registers().orElseThrow().get(X86.RIP)).isEqualTo(0x40_1002);
    assertThat(responses.get(1).isStep()).isTrue();
    assertThat(responses.get(2).isStep()).isFalse();
  }

  @Test
  void whatIsWrittenWrongIsSaid() {
    assertThat(watch().err()).contains("nothing to watch", "--cr3");
    assertThat(watch("--msr", "lstr").err()).contains("lstr", "lstar");
    assertThat(watch("--write", "here").err()).contains("no physical address");
    assertThat(watch("--cr3", "--for", "soon").err()).contains("\"soon\" is no time");
    assertThat(watch("--cr3", "--count", "0").code()).isEqualTo(ExitCode.USAGE);
    assertUntouched();
  }

  @Test
  void whatDoesNotExistIsSaid() {
    Run misspelt = watch("--break", "do_sys_opnat2");
    assertThat(misspelt.err()).contains("do_sys_openat2");
    assertThat(misspelt.code()).isEqualTo(ExitCode.FAILED);
    assertThat(watch("--break", "0xffffffff00000000").err())
        .contains("there is no page at 0xffffffff00000000");
    assertThat(watch("--write", "0x7fffffff0000").err()).contains("its memory ends at");
    assertThat(watch("--cr3", "--pid", "4711").err()).contains("4711");
    assertThat(watch("--cr3", "--vcpu", "64").err()).contains("no processor 64");
    assertUntouched();
    assertThat(watch("--break", "init_task").err()).contains("no execution");
    assertRestored();
  }

  @Test
  void whatTheMachineCannotReportIsSaidBeforeItIsTouched() {
    EventFeatures all = MockEvents.everything();
    guest
        .source()
        .features(
            new EventFeatures(
                EnumSet.of(EventKind.CPUID),
                all.actions(),
                false,
                false,
                true,
                Map.of("memory-access", "it needs EPT, which machines with VMX have")));
    assertThat(watch("--write", "0x1000").err())
        .contains("does not report memory-access: it needs EPT", "vmi info");
    assertThat(watch("--cr3").err()).contains("does not report register-write");
    assertThat(watch("--break", "schedule").err()).contains("does not report breakpoint");
    assertUntouched();
  }

  @Test
  void anImageHasNoEvents() {
    Run run = guest.run("watch", "file:" + guest.imagePath(), "--cr3");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("does not report events", "to do: use a running machine");
  }

  /** Waits until a condition holds. */
  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).isNegative();
      Thread.sleep(5);
    }
  }

  /** Its memory is empty: there are no processes to name. */
  @Test
  void aGuestWithoutAKnownSystemIsWatchedWithoutProcesses() {
    MockVm vm = new MockVm("bare", new MockMemory(1 << 24)).live();
    vm.architecture(Architecture.X86_64).with(EventSource.class, guest.source());
    try (MockDriver.Offer offer = MockDriver.offer("bare", () -> vm)) {
      guest.source().fire(guest.cr3Write(0, 0x5000));
      Run run = guest.run("watch", offer.uri(), "--cr3", "--count", "1", "-o", "csv");
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).contains("processes and symbols are not shown");
      assertThat(run.out()).contains(",1,0,register-write,,,,,0x");
    }
    assertRestored();
  }

  @Test
  void ctrlCEndsItCleanly() throws Exception {
    Thread[] worker = new Thread[1];
    var executor =
        Executors.newSingleThreadExecutor(work -> worker[0] = new Thread(work, "command"));
    try {
      Future<Run> running = executor.submit(() -> watch("--cr3", "-o", "csv"));
      guest.source().fire(guest.cr3Write(0, 0x5000));
      await(() -> guest.answers().size() == 1);
      worker[0].interrupt();
      Run run = running.get(30, TimeUnit.SECONDS);
      assertThat(run.code()).isEqualTo(ExitCode.INTERRUPTED);
      assertThat(run.out().lines()).hasSize(2);
      assertThat(run.err()).isEqualTo("vmi: stopped\n");
      assertRestored();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void aGuestThatEndsEndsIt() {
    guest.source().fire(guest.cr3Write(0, 0x5000));
    guest.source().end();
    Run run = watch("--cr3", "-o", "csv");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("the machine has ended");
    assertThat(run.out().lines()).hasSize(2);
  }

  @Test
  void outputThatCannotBeWrittenEndsIt() {
    IntStream.range(0, 100).forEach(i -> guest.source().fire(guest.cr3Write(0, 0x1000L * i)));
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space left");
          }
        };
    Run run = guest.run(full, "watch", guest.uri(), "--cr3");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("no space left");
    assertRestored();
  }

  /** The guest waits for a slow reader, and nothing is lost. */
  @Test
  void aSlowReaderLosesNothing() throws Exception {
    int events = 6000;
    IntStream.range(0, events).forEach(i -> guest.source().fire(guest.cr3Write(0, 0x1000)));
    CountDownLatch open = new CountDownLatch(1);
    var written = new ByteArrayOutputStream();
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int length) {
            try {
              open.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            written.write(bytes, from, length);
          }
        };
    var executor = Executors.newSingleThreadExecutor();
    try {
      Future<Run> running =
          executor.submit(
              () -> guest.run(slow, "watch", guest.uri(), "--cr3", "--count", "6000", "-o", "csv"));
      await(() -> guest.answers().size() > 4000);
      Thread.sleep(200);
      assertThat(guest.answers()).hasSizeLessThan(events);
      open.countDown();
      assertThat(running.get(50, TimeUnit.SECONDS).code()).isZero();
    } finally {
      executor.shutdownNow();
    }
    assertThat(
            written.toString(StandardCharsets.UTF_8).lines().skip(1).map(l -> l.split(",", -1)[1]))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, events).mapToObj(Integer::toString).toList());
  }
}
