package org.vmi4j.xen.lib;

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
import org.vmi4j.xen.host.XenHost;

/** A JNA that cannot unpack its native library is an error that says where and what to do. */
class JnaTest {
  @TempDir private Path folder;

  /** Run in a JVM of its own, since the library is loaded once. */
  public static void main(String[] arguments) {
    System.out.println(Jna.check(XenHost.current()));
    try {
      new Libraries(XenHost.current());
    } catch (VmiException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  @Test
  @Timeout(60)
  void aFolderThatCannotBeWrittenIsNamed() throws IOException, InterruptedException {
    Path none = Files.createFile(folder.resolve("file")).resolve("none");
    assertThat(run("-Djna.tmpdir=" + none))
        .contains("status=FAILED", none + " is not writable", "-Djna.tmpdir=FOLDER")
        .contains("refused: JNA cannot load its native library");
    assertThat(run("-Djna.tmpdir=" + folder))
        .contains("status=OK", "native library from " + folder)
        .doesNotContain("refused");
  }

  private String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), JnaTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
