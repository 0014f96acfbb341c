package org.vmi4j.xen.lib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.host.FakeHost;

class LibrariesTest {

  @TempDir private Path folder;

  @Test
  void aClassIsBound() throws IOException, InterruptedException {
    LibXenForeignMemory.bind(new Libraries(FakeHost.of(FakeXen.of(folder, 4, 17))));
    long handle = LibXenForeignMemory.xenforeignmemory_open(0, 0);
    assertThat(handle).isNotZero();
    assertThat(LibXenForeignMemory.xenforeignmemory_close(handle)).isZero();
  }

  @Test
  void aMissingLibraryIsNamedWithItsPackage() throws IOException, InterruptedException {
    FakeXen xen = FakeXen.of(folder, 4, 17);
    Files.delete(xen.libraries().resolve("libxenforeignmemory.so.1"));
    assertThatThrownBy(() -> LibXenForeignMemory.bind(new Libraries(FakeHost.of(xen))))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("cannot load libxenforeignmemory.so.1")
        .hasMessageContaining("apt-get install libxenforeignmemory1");
  }

  @Test
  void theControlLibraryIsThatOfTheHypervisorOrAnother() throws IOException, InterruptedException {
    FakeXen xen = FakeXen.of(folder, 4, 17);
    Path other = xen.libraries().resolve("libxenctrl-4.8.so");
    Files.move(xen.libraries().resolve("libxenctrl.so.4.17"), other);
    LibXenCtrl.bind(new Libraries(FakeHost.of(xen)));
    Files.delete(other);
    assertThatThrownBy(() -> LibXenCtrl.bind(new Libraries(FakeHost.of(xen))))
        .hasMessageContaining("cannot load libxenctrl.so.4.17")
        .hasMessageContaining("apt-get install libxenmisc4.17");
  }

  @Test
  void aMissingFunctionIsNamedWithTheReleaseThatHasIt() throws IOException, InterruptedException {
    FakeXen xen = FakeXen.of(folder, 4, 17, "-DWITHOUT_CACHEFLUSH");
    assertThatThrownBy(() -> LibXenCtrl.bind(new Libraries(FakeHost.of(xen))))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("has no function xc_domain_cacheflush")
        .hasMessageContaining("since 4.4");
  }

  @Test
  void aLibraryThatIsNoneSaysWhatIsWrongWithIt() throws IOException, InterruptedException {
    FakeXen xen = FakeXen.of(folder, 4, 17);
    Path library = xen.libraries().resolve("libxenforeignmemory.so.1");
    Files.delete(library);
    Files.writeString(library, "not a library");
    assertThatThrownBy(() -> LibXenForeignMemory.bind(new Libraries(FakeHost.of(xen))))
        .hasMessageContaining("libxenforeignmemory.so.1")
        .hasMessageContaining("file too short");
  }

  /** To bind a method anew pulls it from under a thread that is in it, which ends the JVM. */
  @Test
  void aClassIsBoundOnce() throws IOException, InterruptedException {
    Libraries libraries = new Libraries(FakeHost.of(FakeXen.of(folder, 4, 17)));
    List<String> names = List.of("libxenforeignmemory.so.1");
    assertThat(libraries.bind(LibXenForeignMemory.class, "a package", names)).isTrue();
    libraries.bindProcess(LibC.class);
    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThat(libraries.bind(LibXenForeignMemory.class, "a package", names)).isFalse();
      assertThat(libraries.bindProcess(LibC.class)).isFalse();
    }
  }
}
