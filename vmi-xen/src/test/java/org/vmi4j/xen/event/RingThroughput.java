package org.vmi4j.xen.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.xen.fake.FakeEvents;
import org.vmi4j.xen.fake.FakeXen;

/**
 * Measures how many events a second go through the ring of the stand-in for Xen, answered by this
 * library and by a client in C that does the same, in turns. The events are made while the answers
 * are read, so neither of them ever waits.
 */
public final class RingThroughput {
  private static final int ID = 5;
  private static final long EVENTS = 1_600_000;
  private static final int ROUNDS = 9;

  private RingThroughput() {}

  /** Measures with 1, 4, 8 and 32 processors. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    for (int vcpus : new int[] {1, 4, 8, 32}) {
      Path folder = Files.createTempDirectory("ring");
      Path memory = Files.write(folder.resolve("memory"), new byte[1 << 21]);
      FakeXen xen = FakeXen.of(folder.resolve("xen"), 4, 17);
      xen.domain(ID, "guest", memory, 0x1ff);
      measure(xen, xen.events(ID).vcpus(vcpus), vcpus);
    }
  }

  private static void measure(FakeXen xen, FakeEvents fake, int vcpus) {
    double[] java = new double[ROUNDS];
    double[] c = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      c[round] = EVENTS * 1e9 / fake.consumeInC(EVENTS);
      java[round] = EVENTS * 1e9 / consume(xen, fake, vcpus);
    }
    Arrays.sort(java);
    Arrays.sort(c);
    int middle = ROUNDS / 2;
    System.out.printf(
        Locale.ROOT,
        "%d processors: Java %.2f million a second, C %.2f, ratio %.2f%n",
        vcpus,
        java[middle] / 1e6,
        c[middle] / 1e6,
        java[middle] / c[middle]);
  }

  private static long consume(FakeXen xen, FakeEvents fake, int vcpus) {
    long[] seen = new long[vcpus];
    Duration second = Duration.ofSeconds(1);
    try (Vm vm = xen.open("xen:guest")) {
      EventChannel channel = vm.require(EventSource.class).open();
      long left = EVENTS;
      fake.refill(EVENTS / vcpus);
      long begin = System.nanoTime();
      while (left > 0) {
        left -= channel.receive(event -> answer(event, seen), second);
      }
      return System.nanoTime() - begin;
    }
  }

  private static Response answer(Event event, long[] seen) {
    if (((RegisterWriteEvent) event).value() != ++seen[event.vcpu()]
        || event.register(X86.RAX) != 0) {
      throw new AssertionError(event);
    }
    return Response.resume();
  }
}
