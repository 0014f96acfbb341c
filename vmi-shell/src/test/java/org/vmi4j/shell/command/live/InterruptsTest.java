package org.vmi4j.shell.command.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class InterruptsTest {
  /** SIGINT of signal(7) among the ignored signals of proc(5). */
  private static final long INTERRUPT = 1 << 2 - 1;

  /** A program that was started in the background ignores Ctrl-C, and Java leaves it at that. */
  private static boolean isIgnored() throws IOException {
    String ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(ignored.split("\\s+", -1)[1], 16) & INTERRUPT) != 0;
  }

  @Test
  void ctrlCInterruptsTheWorkAndNotTheProgram() throws IOException {
    assumeTrue(!isIgnored(), "SIGINT is ignored here");
    String own = String.valueOf(ProcessHandle.current().pid());
    boolean interrupted =
        Interrupts.during(
            () -> {
              try {
                new ProcessBuilder("kill", "-INT", own).start();
                Thread.sleep(20_000);
                return false;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (InterruptedException e) {
                return true;
              }
            });
    assertThat(interrupted).isTrue();
    assertThat(Thread.interrupted()).isFalse();
  }
}
