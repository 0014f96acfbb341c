package org.vmi4j.api.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.VmiException;

/** Makes the folders of the cache and of the state. */
class FoldersTest {
  @TempDir private Path folder;

  @AfterEach
  void forget() {
    System.clearProperty("vmi4j.cache");
    System.clearProperty("vmi4j.state");
  }

  @Test
  void stateIsForItsOwnerOnlyWhateverItWasBefore() throws IOException {
    System.setProperty("vmi4j.state", folder.resolve("state").toString());
    Path made = Folders.state("journal");
    assertThat(made).isEqualTo(folder.resolve("state/journal"));
    for (Path each : new Path[] {made, made.getParent()}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .isEqualTo("rwx------");
    }
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    Folders.state("journal");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
  }

  @Test
  void whatCannotBeMadeNamesTheVariable() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    System.setProperty("vmi4j.state", file.toString());
    System.setProperty("vmi4j.cache", file.toString());
    assertThatThrownBy(() -> Folders.state("journal"))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("state folder " + file.resolve("journal"))
        .hasMessageContaining("VMI4J_STATE");
    assertThatThrownBy(() -> Folders.cache("images"))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("VMI4J_CACHE");
  }

  @Test
  void theCacheIsWhereThePropertySays() {
    System.setProperty("vmi4j.cache", folder.toString());
    assertThat(Folders.cache("images")).isEqualTo(folder.resolve("images")).isDirectory();
  }
}
