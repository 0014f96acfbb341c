package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.snapshot.compression.Compression;

class FormatsTest {
  private static final long HIGH = 1L << 32;

  @TempDir Path folder;

  @BeforeEach
  void ownCache() {
    System.setProperty("vmi4j.cache", folder.resolve("cache").toString());
  }

  @AfterEach
  void usualCache() {
    System.clearProperty("vmi4j.cache");
  }

  enum Format {
    ELF64("ELF core", 2 * TestImages.PAGE) {
      @Override
      byte[] image() {
        return elf(true, TestImages.X86_64, HIGH);
      }
    },
    ELF32("ELF core", 2 * TestImages.PAGE) {
      @Override
      byte[] image() {
        return elf(false, TestImages.X86, 0xfff0_0000L);
      }
    },
    LIME("LiME image", 2 * TestImages.PAGE) {
      @Override
      byte[] image() {
        return TestImages.concat(
            TestImages.lime(0, 2 * TestImages.PAGE), TestImages.lime(HIGH, TestImages.PAGE));
      }
    },
    RAW("raw image", 3 * TestImages.PAGE) {
      @Override
      byte[] image() {
        return TestImages.memory(0, 3 * TestImages.PAGE);
      }
    };

    private final String label;
    private final long end;

    Format(String label, long end) {
      this.label = label;
      this.end = end;
    }

    abstract byte[] image();

    private static byte[] elf(boolean wide, int machine, long high) {
      return new TestImages.Elf(wide, machine)
          .load(0, 2 * TestImages.PAGE)
          .load(high, TestImages.PAGE)
          .bytes();
    }
  }

  @ParameterizedTest
  @EnumSource
  void formatIsToldByContentUnderEveryCompression(Format format) throws IOException {
    byte[] image = format.image();
    for (Compression compression : Compression.values()) {
      Path file = Files.write(folder.resolve(compression.name()), compress(compression, image));
      try (Vm vm = Vmi.open("file:" + file)) {
        assertThat(vm.description()).startsWith(format.label).endsWith(compression.toString());
        assertThat(vm.physicalMemory().readLong(TestImages.PAGE)).isEqualTo(TestImages.PAGE);
        assertThat(vm.physicalMemory().readLong(format.end - 8)).isEqualTo(format.end - 8);
        assertThatThrownBy(() -> vm.physicalMemory().readByte(format.end))
            .isInstanceOf(MemoryFault.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"ELF64,0x100000000", "ELF32,0xfff00000", "LIME,0x100000000"})
  void segmentsLieWhereTheirHeadersSay(Format format, String high) throws IOException {
    long address = Long.decode(high);
    Path file = Files.write(folder.resolve("image"), format.image());
    try (Vm vm = Vmi.open("file:" + file)) {
      assertThat(vm.physicalMemory().readLong(address + 8)).isEqualTo(address + 8);
      assertThat(vm.physicalMemory().isPresent(address - 1)).isFalse();
      assertThat(vm.physicalMemory().end()).isEqualTo(address + TestImages.PAGE);
    }
  }

  @ParameterizedTest
  @CsvSource({"3,X86", "40,ARM", "62,X86_64", "183,AARCH64"})
  void elfCoreTellsTheArchitecture(int machine, Architecture architecture) throws IOException {
    byte[] image = new TestImages.Elf(machine > 60, machine).load(0, TestImages.PAGE).bytes();
    try (Vm vm = Vmi.open("file:" + Files.write(folder.resolve("core"), image))) {
      assertThat(vm.architecture()).contains(architecture);
    }
  }

  @Test
  void memoryAtTheEndOfAllAddressesIsVisitedAtOnce() throws IOException {
    long last = (1L << 52) - TestImages.PAGE;
    byte[] image =
        TestImages.concat(
            TestImages.lime(0, TestImages.PAGE), TestImages.lime(last, TestImages.PAGE));
    try (Vm vm = Vmi.open("file:" + Files.write(folder.resolve("far"), image))) {
      List<Long> visited = new ArrayList<>();
      vm.physicalMemory()
          .forEachExtent(0, Long.MAX_VALUE, (address, bytes) -> visited.add(address));
      assertThat(visited).containsExactly(0L, last);
    }
  }

  private static byte[] compress(Compression compression, byte[] image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream stream =
        switch (compression) {
          case NONE -> bytes;
          case ZSTD -> new ZstdOutputStream(bytes);
          case GZIP -> new GZIPOutputStream(bytes);
          case XZ -> new XZOutputStream(bytes, new LZMA2Options(0));
        }) {
      stream.write(image);
    }
    return bytes.toByteArray();
  }

  /** Memory is memory, whatever processor reads it: 243 is EM_RISCV. */
  @Test
  void elfCoreOfAnUnknownMachineHasItsMemory() throws IOException {
    byte[] image = new TestImages.Elf(true, 243).load(TestImages.PAGE, TestImages.PAGE).bytes();
    try (Vm vm = Vmi.open("file:" + Files.write(folder.resolve("core"), image))) {
      assertThat(vm.architecture()).isEmpty();
      assertThat(vm.description()).isEqualTo("ELF core of machine type 243");
      assertThat(vm.physicalMemory().readLong(TestImages.PAGE + 8)).isEqualTo(TestImages.PAGE + 8);
    }
  }
}
