package org.vmi4j.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Change.AddedFrame;
import org.vmi4j.api.lifecycle.Change.Held;
import org.vmi4j.api.lifecycle.FileJournal;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.testkit.Operation.Kind;

class RecoveryTest {
  private static final byte INT3 = (byte) 0xcc;

  @TempDir Path folder;

  private final TestMachine machine = new TestMachine();
  private final List<String> calls = new ArrayList<>();

  private final class Released implements EventRecovery {
    private boolean monitored = true;

    @Override
    public boolean isMonitored() {
      return monitored;
    }

    @Override
    public void releaseVcpus() {
      calls.add("release, code " + code());
      monitored = false;
    }

    @Override
    public void undo(Change change) {
      calls.add("undo " + change);
    }
  }

  private byte code() {
    return machine.contents().get(TestMachine.CODE_PA, 1)[0];
  }

  private FileJournal journal() {
    return new FileJournal(folder, machine.vm().uri(), "guest 1");
  }

  /** A program that is killed: what it wrote stays, its lock does not. */
  private void dieWithBreakpoint() throws IOException {
    FileJournal journal = journal();
    machine.vm().with(Journal.class, journal);
    journal.write(Held.MONITORED);
    journal.write(new AddedFrame(0x900));
    Events.open(machine.vm())
        .breakpoint(machine.space(), TestMachine.CODE, event -> Response.resume());
    assertThat(code()).isEqualTo(INT3);
    try (Stream<Path> files = Files.list(folder)) {
      Path written = files.findFirst().orElseThrow();
      byte[] content = Files.readAllBytes(written);
      Files.delete(written);
      Files.write(folder.resolve("1-1.journal"), content);
    }
    machine.vm().with(Journal.class, journal()).with(EventRecovery.class, new Released());
  }

  @Test
  void codeIsPutBackBeforeTheProcessorsRunOn() throws IOException {
    dieWithBreakpoint();
    machine.vm().pausable();
    machine.operations().clear();
    Recovery recovery = new Recovery(machine.vm());
    assertThat(recovery.findings())
        .hasSize(3)
        .first()
        .asString()
        .startsWith("bytes at 0x200100 from 55 to cc, by process " + ProcessHandle.current().pid());

    assertThat(recovery.recover())
        .containsExactly(
            "undid bytes at 0x200100 from 55 to cc",
            "undid an added frame 0x900",
            "monitoring ended, processors released");
    assertThat(calls).containsExactly("undo an added frame 0x900", "release, code 85");
    assertThat(machine.operations().all())
        .extracting(operation -> operation.kind())
        .startsWith(Kind.PAUSE)
        .endsWith(Kind.UNPAUSE);
    assertThat(recovery.findings()).isEmpty();
    assertThat(recovery.recover()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatTheGuestHasWrittenSinceIsLeftAlone() throws IOException {
    dieWithBreakpoint();
    machine.contents().put(TestMachine.CODE_PA, (byte) 0x90);
    assertThat(new Recovery(machine.vm()).recover())
        .first()
        .asString()
        .startsWith("left alone, since the guest has written there");
    assertThat(code()).isEqualTo((byte) 0x90);
  }

  @Test
  void anotherGuestOfTheSameNameIsNotTouched() throws IOException {
    dieWithBreakpoint();
    machine.vm().with(Journal.class, new FileJournal(folder, machine.vm().uri(), "guest 2"));
    assertThat(new Recovery(machine.vm()).recover())
        .containsExactly("monitoring ended, processors released");
    assertThat(code()).isEqualTo(INT3);
  }

  @Test
  void aJournalStaysUntilAllIsUndone() throws IOException {
    dieWithBreakpoint();
    machine.operations().fail(Kind.WRITE, 1, () -> new VmiException("read-only"));
    Recovery recovery = new Recovery(machine.vm());
    assertThatThrownBy(recovery::recover).hasMessage("read-only");
    assertThat(calls).containsExactly("undo an added frame 0x900");
    assertThat(recovery.recover()).hasSize(3);
    assertThat(code()).isEqualTo(TestMachine.PUSH_RBP);
  }
}
