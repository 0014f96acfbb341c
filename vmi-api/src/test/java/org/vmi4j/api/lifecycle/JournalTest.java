package org.vmi4j.api.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.lifecycle.Change.AddedFrame;
import org.vmi4j.api.lifecycle.Change.Bytes;
import org.vmi4j.api.lifecycle.Change.Held;

class JournalTest {
  private static final String GUEST = "b0 / 7";
  private static final Bytes BYTES = new Bytes(0x200100, new byte[] {0x55}, new byte[] {-0x34});

  @TempDir Path folder;

  private FileJournal journal() {
    return new FileJournal(folder, "xen:web 01", GUEST);
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  /** Copies what is written: in this process the file itself is locked. */
  private void die() throws IOException {
    Path written = file();
    byte[] content = Files.readAllBytes(written);
    Files.delete(written);
    Files.write(folder.resolve("1-1" + FileJournal.SUFFIX), content);
  }

  private List<Change> left(String identity) {
    List<LeftJournal> found = LeftJournal.of(folder, identity);
    found.forEach(LeftJournal::close);
    return found.stream().flatMap(journal -> journal.changes().stream()).toList();
  }

  @Test
  void whatWasNotUndoneIsFoundNewestFirst() throws IOException {
    try (FileJournal journal = journal()) {
      journal.write(Held.MONITORED);
      Journal.Entry frame = journal.write(new AddedFrame(0x8001));
      journal.write(BYTES);
      journal.write(Held.PAUSED);
      frame.end();
      frame.end();
      die();
    }
    assertThat(left(GUEST)).containsExactly(Held.PAUSED, BYTES, Held.MONITORED);
    assertThat(left("b0 / 8")).isEmpty();
    try (LeftJournal journal = LeftJournal.of(folder, GUEST).get(0)) {
      assertThat(journal.process()).isEqualTo(ProcessHandle.current().pid());
      journal.delete();
    }
    assertThat(left(GUEST)).isEmpty();
  }

  @Test
  void nothingIsLeftWhenAllIsUndone() throws IOException {
    try (FileJournal journal = journal()) {
      Journal.Entry entry = journal.write(BYTES);
      assertThat(Files.getPosixFilePermissions(file()))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      entry.end();
      assertThat(folder).isEmptyDirectory();
      journal.write(Held.PAUSED).end();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void theJournalOfARunningProcessIsLeftAlone() {
    try (FileJournal journal = journal()) {
      journal.write(BYTES);
      assertThat(left(GUEST)).isEmpty();
    }
  }

  @Test
  void aLineThatWasCutOffIsNoChangeAndTheOthersCount() throws IOException {
    try (FileJournal journal = journal()) {
      journal.write(BYTES);
      journal.write(new AddedFrame(5));
      die();
    }
    Path left = file();
    byte[] content = Files.readAllBytes(left);
    Files.write(left, Arrays.copyOf(content, content.length - 3));
    assertThat(left(GUEST)).containsExactly(BYTES);
  }

  @Test
  void rubbishIsNoJournal() throws IOException {
    Files.write(folder.resolve("2-1.journal"), new byte[] {0, 1, -1, 10, 10});
    Files.writeString(folder.resolve("3-1.journal"), JournalLine.sealed("vmi4j-journal 9 a b 1 2"));
    Files.writeString(folder.resolve("4-1.journal"), "");
    Files.writeString(
        folder.resolve("5-1.journal"),
        JournalLine.sealed(new JournalHeader("u", GUEST, 1, 2).text())
            + JournalLine.sealed("+ 1 bytes 20 zz 00")
            + JournalLine.sealed("+ x bytes 20 00 00")
            + JournalLine.sealed("+ 1")
            + JournalLine.sealed("* 1 frame 1")
            + JournalLine.sealed("+ 1 held NOTHING")
            + JournalLine.begin(3, new AddedFrame(1)),
        StandardOpenOption.CREATE);
    assertThat(left(GUEST)).containsExactly(new AddedFrame(1));
  }

  @Test
  void withoutAFolderNothingMayBeChanged() {
    FileJournal journal = new FileJournal(folder.resolve("none"), "xen:a", GUEST);
    assertThatThrownBy(() -> journal.write(BYTES))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("cannot record");
  }
}
