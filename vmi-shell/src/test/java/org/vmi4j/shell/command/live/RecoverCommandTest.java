package org.vmi4j.shell.command.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.FileJournal;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.shell.command.live.WatchedGuest.Run;
import org.vmi4j.shell.session.ExitCode;
import org.vmi4j.testkit.MockEvents;

/** What commands say of a guest that a killed program left behind, and of what it offers. */
@Timeout(60)
class RecoverCommandTest {
  private static final long CODE = 0x123_4560;

  @TempDir Path folder;

  private final WatchedGuest guest = new WatchedGuest();
  private boolean monitored;

  @AfterEach
  void close() {
    guest.close();
  }

  private final class Frozen implements EventRecovery {
    @Override
    public boolean isMonitored() {
      return monitored;
    }

    @Override
    public void releaseVcpus() {
      monitored = false;
    }

    @Override
    public void undo(Change change) {}
  }

  /** A program put a breakpoint into the guest, and was killed. */
  private byte die() throws IOException {
    byte before = guest.memory().get(CODE, 1)[0];
    FileJournal written = new FileJournal(folder, guest.uri(), "guest 1");
    written.write(new Change.Bytes(CODE, new byte[] {before}, new byte[] {(byte) 0xcc}));
    guest.memory().put(CODE, (byte) 0xcc);
    try (Stream<Path> files = Files.list(folder)) {
      Path journal = files.findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(journal);
      Files.delete(journal);
      Files.write(folder.resolve("1-1.journal"), content);
    }
    monitored = true;
    guest
        .with(Journal.class, () -> new FileJournal(folder, guest.uri(), "guest 1"))
        .with(EventRecovery.class, Frozen::new);
    return before;
  }

  @Test
  void aGuestIsBroughtBack() throws IOException {
    byte before = die();
    Run run = guest.run("recover", guest.uri());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith("guest: "))
        .anyMatch(line -> line.contains("found bytes at 0x1234560"))
        .anyMatch(line -> line.contains("found its events monitored"))
        .anyMatch(line -> line.contains("undid bytes at 0x1234560"))
        .anyMatch(line -> line.contains("processors released"));
    assertThat(guest.memory().get(CODE, 1)[0]).isEqualTo(before);
    assertThat(monitored).isFalse();
    assertThat(guest.run("recover", guest.uri()).out())
        .isEqualTo("guest: nothing was left behind\n");
  }

  @Test
  void anImageNeedsNoRecovery() {
    Run run = guest.run("recover", "file:" + guest.imagePath());
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("does not run", "to do: use a running machine");
  }

  @Test
  void theDoctorSaysWhatWasLeftAndWhatToDo() throws IOException {
    die();
    Run run = guest.run("doctor", guest.uri());
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).contains("left behind", "0x1234560", "to do: run vmi recover mock:guest");
    guest.run("recover", guest.uri());
    assertThat(guest.run("doctor", guest.uri()).out()).doesNotContain("left behind");
    monitored = true;
    assertThat(guest.run("doctor", guest.uri()).out())
        .contains("a program monitors it, or did and was killed");
  }

  @Test
  void whatTheGuestReportsIsInInfoAndDoctor() {
    EventFeatures all = MockEvents.everything();
    guest
        .source()
        .features(
            new EventFeatures(
                Set.of(EventKind.CPUID, EventKind.REGISTER_WRITE),
                all.actions(),
                false,
                false,
                true,
                Map.of("memory-access", "it needs EPT, which machines with VMX have")));
    for (String command : new String[] {"info", "doctor"}) {
      assertThat(guest.run(command, guest.uri()).out())
          .contains("register-write, cpuid", "memory-access", "it needs EPT");
    }
    assertThat(guest.run("info", "file:" + guest.imagePath()).out()).doesNotContain("events");
  }
}
