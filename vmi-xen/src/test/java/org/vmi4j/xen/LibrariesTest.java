package org.vmi4j.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.VmiException;

class LibrariesTest {
  private static final XenRelease RELEASE = new XenRelease(4, 17);

  @TempDir private Path folder;

  @Test
  void aClassIsBound() throws IOException, InterruptedException {
    LibXenForeignMemory.bind(new Libraries(FakeXen.of(folder, RELEASE).host()));
    long handle = LibXenForeignMemory.xenforeignmemory_open(0, 0);
    assertThat(handle).isNotZero();
    assertThat(LibXenForeignMemory.xenforeignmemory_close(handle)).isZero();
  }

  @Test
  void aMissingLibraryIsNamedWithItsPackage() throws IOException, InterruptedException {
    FakeXen xen = FakeXen.of(folder, RELEASE);
    Files.delete(xen.libraries().resolve("libxenforeignmemory.so.1"));
    assertThatThrownBy(() -> LibXenForeignMemory.bind(new Libraries(xen.host())))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("cannot load libxenforeignmemory.so.1")
        .hasMessageContaining("apt-get install libxenforeignmemory1");
  }
}
