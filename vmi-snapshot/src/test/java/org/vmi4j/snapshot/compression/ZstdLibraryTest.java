package org.vmi4j.snapshot.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.SnapshotDriver;

/** A zstd that cannot unpack its native library is an error that says what to do. */
class ZstdLibraryTest {
  @TempDir private Path folder;

  /** Run in a JVM of its own, since the library is loaded once. */
  public static void main(String[] arguments) {
    System.out.println(new SnapshotDriver().checks());
    try {
      ZstdLibrary.require();
    } catch (VmiException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  @Test
  @Timeout(60)
  void aFolderThatCannotBeWrittenIsToldWithWhatToDo() throws IOException, InterruptedException {
    Path none = Files.createFile(folder.resolve("file")).resolve("none");
    assertThat(run("-DZstdTempFolder=" + none))
        .contains("name=memory images, status=OK", "name=images under zstd, status=WARNING")
        .contains("refused: zstd's native library cannot be loaded", "-DZstdTempFolder=FOLDER");
    assertThat(run("-DZstdTempFolder=" + folder))
        .contains("name=images under zstd, status=OK")
        .doesNotContain("refused");
  }

  private String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), ZstdLibraryTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
