package org.vmi4j.xen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.xen.fake.FakeXen;

/** Looks into the bundled guest as if it ran under Xen: the same answers as from its image. */
class LinuxTest {
  private static final Path BUNDLED =
      Path.of("").toAbsolutePath().getParent().resolve("lab/guest/bundled/debian12-amd64");

  @TempDir private Path folder;

  @Test
  void aLinuxGuestTellsTheSameAsItsImage() throws IOException, InterruptedException {
    Path memory = folder.resolve("guest-memory");
    try (Vm image = Vmi.open("file:" + BUNDLED.resolve("memory.elf.xz"))) {
      copyRam(image, memory);
      FakeXen xen = FakeXen.of(folder.resolve("xen"), 4, 17);
      xen.domain(1, "guest", memory, 0xfefff);
      List<String> expected = describe(image);
      try (Vm live = xen.open("xen:guest")) {
        assertThat(describe(live)).isEqualTo(expected).hasSizeGreaterThan(50);
      }
      try (Vm tight = xen.open("xen:guest?windows=32")) {
        assertThat(describe(tight)).isEqualTo(expected);
      }
    }
  }

  private static List<String> describe(Vm vm) {
    return Linux.detect(vm).processes().stream().map(LinuxTest::describe).toList();
  }

  private static String describe(LinuxProcess process) {
    return process.id() + " " + process.name() + " " + process.commandLine();
  }

  /** The guest's RAM; what its firmware has below 4 GiB is left out. */
  private static void copyRam(Vm image, Path to) throws IOException {
    byte[] window = new byte[1 << 21];
    try (FileChannel file =
        FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (long address = 0; image.physicalMemory().isPresent(address); address += window.length) {
        int length = image.physicalMemory().readAvailable(address, window, 0, window.length);
        file.write(java.nio.ByteBuffer.wrap(window, 0, length), address);
      }
    }
    assertThat(Files.size(to)).isGreaterThan(100 << 20);
  }
}
