package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.MemoryFault;

/** Holes given and guessed. The large files are sparse and take no room. */
class RawImageTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  @TempDir Path folder;

  @Test
  void givenHolesShiftWhatIsBehindThem() throws IOException {
    Path file = Files.write(folder.resolve("x.raw"), TestImages.memory(0, 3 * TestImages.PAGE));
    try (Vm vm = Vmi.open("file:" + file + "?hole=0x1000-0x3000&hole=0x4000-0x100000000")) {
      assertThat(vm.physicalMemory().readLong(0xff8)).isEqualTo(0xff8);
      assertThat(vm.physicalMemory().readLong(0x3000)).isEqualTo(0x1000);
      assertThat(vm.physicalMemory().readLong(4 * GIB)).isEqualTo(0x2000);
      assertThatThrownBy(() -> vm.physicalMemory().readByte(0x1000))
          .isInstanceOf(MemoryFault.class)
          .hasMessageContaining("0x0-0x1000, 0x3000-0x4000, 0x100000000-0x100001000");
      assertThat(vm.physicalMemory().size()).isEqualTo(3 * TestImages.PAGE);
    }
  }

  @Test
  void fileWithQuestionMarkInItsNameIsOpened() throws IOException {
    Path file = Files.write(folder.resolve("x?y"), TestImages.memory(0, TestImages.PAGE));
    try (Vm vm = Vmi.open("file:" + file)) {
      assertThat(vm.physicalMemory().readLong(8)).isEqualTo(8);
    }
  }

  @Test
  void pcSplitsAt3GibFrom3AndAHalf() throws IOException {
    assertSplit(sparse(3 * GIB + 512 * MIB, "i440FX", 3 * GIB), 3 * GIB);
    assertFlat(sparse(3 * GIB + 256 * MIB, "i440FX", 3 * GIB), 3 * GIB);
  }

  @Test
  void q35SplitsAt2GibFrom2AndThreeQuarters() throws IOException {
    assertSplit(sparse(2 * GIB + 768 * MIB, "Standard PC (Q35 + ICH9, 2009)", 2 * GIB), 2 * GIB);
    assertFlat(sparse(2 * GIB + 512 * MIB, "Standard PC (Q35 + ICH9, 2009)", 2 * GIB), 2 * GIB);
  }

  @Test
  void dumpByAddressCarriesTheHoleAsZeros() throws IOException {
    assertFlat(sparse(5 * GIB, "i440FX", 4 * GIB), 4 * GIB);
    assertFlat(sparse(5 * GIB, "Standard PC (Q35 + ICH9, 2009)", 4 * GIB), 4 * GIB);
    assertSplit(sparse(5 * GIB, "i440FX", 3 * GIB), 3 * GIB);
    assertSplit(sparse(5 * GIB, "Standard PC (Q35 + ICH9, 2009)", 2 * GIB), 2 * GIB);
  }

  private static void assertSplit(Path file, long hole) {
    try (Vm vm = Vmi.open("file:" + file)) {
      assertThat(vm.physicalMemory().readLong(4 * GIB)).as("what follows the hole").isEqualTo(-1);
      assertThat(vm.physicalMemory().isPresent(hole)).isFalse();
      assertThat(vm.physicalMemory().isPresent(hole - 1)).isTrue();
    }
  }

  private static void assertFlat(Path file, long mark) {
    try (Vm vm = Vmi.open("file:" + file)) {
      assertThat(vm.physicalMemory().readLong(mark)).isEqualTo(-1);
      assertThat(vm.physicalMemory().end()).isEqualTo(file.toFile().length());
    }
  }

  private Path sparse(long size, String firmware, long mark) throws IOException {
    Path path = Files.createTempFile(folder, "sparse", ".raw");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(size);
      file.seek(0xf5000);
      file.write(firmware.getBytes(StandardCharsets.US_ASCII));
      file.seek(mark);
      file.writeLong(-1);
    }
    return path;
  }
}
