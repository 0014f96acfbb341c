package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.vmi4j.profiles.io.Profiles;

/**
 * Volatility's files of real Windows kernels, whose names say which kernel they are of. They are
 * not part of the project, and the test is skipped where no folder {@code shared/windows/isf} lies
 * beside it.
 */
class WindowsIsfTest {
  private static List<Path> files() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("shared/windows/isf");
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          return files.filter(file -> file.toString().endsWith(".json.xz")).sorted().toList();
        }
      }
    }
    return List.of();
  }

  @Test
  void everyFileSaysWhichKernelItIsOf() throws IOException {
    List<Path> files = files();
    Assumptions.assumeFalse(files.isEmpty(), "there is no folder shared/windows/isf");
    for (Path file : files) {
      // ntkrnlmp-10.0.19041.804-5278AFF86C341677D7D7835C85B7B844-1.json.xz
      String[] name = file.getFileName().toString().replace(".json.xz", "").split("-", -1);
      Profile profile = Profiles.load(file);
      assertThat(profile.identity())
          .contains(new Identity.Pdb(name[0] + ".pdb", name[2], Integer.parseInt(name[3])));
      assertThat(profile.types().struct("_EPROCESS")).isPresent();
    }
  }
}
