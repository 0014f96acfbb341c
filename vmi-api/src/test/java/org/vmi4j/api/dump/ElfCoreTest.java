package org.vmi4j.api.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.elf.ElfNote;

/** What a core looks like, and that it is there whole or not at all. */
class ElfCoreTest {
  private static final int PAGE = 4096;
  private static final CoreSegment LOW = new CoreSegment(0x1000, 0x2000, 2 * PAGE, 5);
  private static final CoreSegment HIGH = new CoreSegment(-PAGE, 1L << 40, PAGE, 6);

  @TempDir Path folder;

  private static ElfCore core(CoreSegment... segments) {
    ElfNote note = new ElfNote("ABCD", 7, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
    return new ElfCore(Optional.of(Architecture.AARCH64), List.of(note), List.of(segments));
  }

  private static void fill(CoreSegment segment, ElfCore.Sink sink) throws IOException {
    for (long at = 0; at < segment.length(); at += PAGE) {
      ByteBuffer page = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
      sink.write(at, page.putLong(0, segment.physical() + at));
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    }
  }

  @Test
  void segmentsAndNotesLieWhereTheHeadersSay() throws IOException {
    Path file = folder.resolve("core");
    core(LOW, HIGH).write(file, false, ElfCoreTest::fill);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getInt(0)).isEqualTo(0x464c457f);
    assertThat(bytes.getShort(16)).isEqualTo((short) 4);
    assertThat(bytes.getShort(18)).isEqualTo((short) 183);
    assertThat(bytes.getLong(32)).isEqualTo(64);
    assertThat(bytes.getShort(56)).isEqualTo((short) 3);
    int notes = (int) bytes.getLong(64 + 8);
    assertThat(bytes.getInt(64)).isEqualTo(4);
    assertThat(bytes.getLong(64 + 32)).isEqualTo(12 + 8 + 8);
    assertThat(bytes.getInt(notes)).isEqualTo(5);
    assertThat(bytes.getInt(notes + 4)).isEqualTo(5);
    assertThat(bytes.getInt(notes + 8)).isEqualTo(7);
    assertThat(bytes.getInt(notes + 12)).isEqualTo(0x44434241);
    assertThat(bytes.getInt(notes + 20)).isEqualTo(0x04030201);
    int header = 64 + 56;
    for (CoreSegment segment : List.of(LOW, HIGH)) {
      assertThat(bytes.getInt(header)).isEqualTo(1);
      assertThat(bytes.getInt(header + 4)).isEqualTo(segment.flags());
      assertThat(bytes.getLong(header + 16)).isEqualTo(segment.virtual());
      assertThat(bytes.getLong(header + 24)).isEqualTo(segment.physical());
      assertThat(bytes.getLong(header + 32)).isEqualTo(segment.length());
      assertThat(bytes.getLong(header + 48)).as("crash wants no alignment").isZero();
      int last = (int) (bytes.getLong(header + 8) + segment.length() - PAGE);
      assertThat(bytes.getLong(last)).isEqualTo(segment.physical() + segment.length() - PAGE);
      header += 56;
    }
  }

  @Test
  void whatIsNotWrittenIsZeroAndTheFileIsItsOwnersOnly() throws IOException {
    Path file = folder.resolve("core");
    core(LOW, HIGH).write(file, false, (segment, sink) -> {});
    assertThat(Files.size(file)).isEqualTo(PAGE + 3 * PAGE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void anExistingFileIsReplacedOnlyWhenAsked() throws IOException {
    Path file = Files.writeString(folder.resolve("core"), "precious");
    assertThatThrownBy(() -> core(LOW).write(file, false, ElfCoreTest::fill))
        .hasMessageContaining("exists")
        .isInstanceOfSatisfying(
            VmiException.class, e -> assertThat(e.remedies()).containsExactly(Remedy.OVERWRITE));
    assertThat(file).hasContent("precious");
    core(LOW).write(file, true, ElfCoreTest::fill);
    assertThat(Files.size(file)).isEqualTo(3 * PAGE);
    assertThat(files()).containsExactly(file);
  }

  @Test
  void aFileThatAppearsMeanwhileIsKept() throws IOException {
    Path file = folder.resolve("core");
    assertThatThrownBy(
            () ->
                core(LOW)
                    .write(file, false, (segment, sink) -> Files.writeString(file, "precious")))
        .hasMessageContaining("exists")
        .isInstanceOfSatisfying(
            VmiException.class, e -> assertThat(e.remedies()).containsExactly(Remedy.OVERWRITE));
    assertThat(file).hasContent("precious");
    assertThat(files()).containsExactly(file);
  }

  @Test
  void throughALinkTheFileBehindItIsReplaced() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    core(LOW).write(link, true, ElfCoreTest::fill);
    assertThat(link).isSymbolicLink();
    assertThat(Files.size(real)).isEqualTo(3 * PAGE);
  }

  @Test
  void whatIsStoppedOrFailsLeavesNothing() throws IOException {
    Path file = folder.resolve("core");
    assertThatThrownBy(
            () ->
                core(LOW, HIGH)
                    .write(
                        file,
                        false,
                        (segment, sink) -> {
                          fill(segment, sink);
                          assertThat(files()).hasSize(1).doesNotContain(file);
                          throw new CancellationException("stopped");
                        }))
        .isInstanceOf(CancellationException.class);
    assertThat(files()).isEmpty();
    assertThatThrownBy(
            () ->
                core(LOW)
                    .write(
                        file,
                        false,
                        (segment, sink) -> {
                          throw new IOException("No space left on device");
                        }))
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll(file.toString(), "No space left on device", "make room");
    assertThat(files()).isEmpty();
  }

  /** An interrupted thread cannot write to a channel: it has been cancelled. */
  @Test
  void interruptingTheThreadStopsIt() throws IOException {
    Path file = folder.resolve("core");
    assertThatThrownBy(
            () ->
                core(LOW)
                    .write(
                        file,
                        false,
                        (segment, sink) -> {
                          Thread.currentThread().interrupt();
                          fill(segment, sink);
                        }))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(files()).isEmpty();
  }

  /** What Ctrl-C and kill do to a program. */
  @Test
  @Timeout(60)
  void stoppingTheProgramLeavesNothing() throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StoppedProgram.class.getName(),
                folder.resolve("core").toString())
            .start();
    try {
      assertThat(program.getInputStream().read()).isEqualTo('w');
      assertThat(files()).hasSize(1);
      program.destroy();
      assertThat(program.waitFor()).isNotZero();
      assertThat(files()).isEmpty();
    } finally {
      program.destroyForcibly();
    }
  }

  /** Writes a core, and never comes to its end. */
  static final class StoppedProgram {
    private StoppedProgram() {}

    public static void main(String[] arguments) {
      core(LOW)
          .write(
              Path.of(arguments[0]),
              false,
              (segment, sink) -> {
                fill(segment, sink);
                System.out.println("writing");
                assertThat(System.in.read()).isNegative();
              });
    }
  }

  @Test
  void moreThanTheDiskHasRoomForIsRefusedAtOnce() throws IOException {
    CoreSegment huge = new CoreSegment(0, 0, 1L << 60, 7);
    assertThatThrownBy(() -> core(huge).write(folder.resolve("core"), false, ElfCoreTest::fill))
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll("disk has room for", "larger one");
    assertThat(files()).isEmpty();
  }

  @Test
  void placesThatCannotBeWrittenAreNamed() {
    assertThatThrownBy(() -> core(LOW).write(folder, true, ElfCoreTest::fill))
        .hasMessageContaining("no regular file");
    assertThatThrownBy(() -> core(LOW).write(Path.of("/dev/null"), true, ElfCoreTest::fill))
        .hasMessageContaining("no regular file");
    assertThatThrownBy(() -> core(LOW).write(folder.resolve("none/core"), false, ElfCoreTest::fill))
        .hasMessageContainingAll("no such folder", "check the path");
  }

  @Test
  void moreSegmentsThanAnybodyReadsAreRefused() {
    List<CoreSegment> many = Collections.nCopies(ElfCore.MAX_SEGMENTS + 1, LOW);
    assertThatThrownBy(() -> new ElfCore(Optional.empty(), List.of(), many))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("4194305 extents");
  }
}
