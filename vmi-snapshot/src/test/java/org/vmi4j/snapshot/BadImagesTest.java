package org.vmi4j.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import org.vmi4j.api.VmiException;

/** Files that are no images, and images that lie: each is refused with its cause and a way out. */
class BadImagesTest {
  private static final int PAGE = TestImages.PAGE;

  @TempDir Path folder;

  @BeforeEach
  void ownCache() {
    System.setProperty("vmi4j.cache", folder.resolve("cache").toString());
  }

  @AfterEach
  void usualCache() {
    System.clearProperty("vmi4j.cache");
  }

  @Test
  void filesThatAreNoImages() throws IOException {
    assertRefused(new byte[0], "is empty", "dump the machine's memory again");
    assertRefused("not memory\n".repeat(1000).getBytes(US_ASCII), "text file", "name a memory");
    assertRefused(new byte[100], "has 100 bytes: too few", "dump it again");
    assertRefused(head("PAGEDUMP"), "Windows crash dump", "as an ELF core or a raw image");
    assertRefused(head("PAGEDU64"), "Windows crash dump", "as an ELF core or a raw image");
    assertRefused(head("KDUMP   "), "kdump-compressed", "dump without compression");
    assertRefused(head("makedumpfile"), "kdump-compressed", "dump without compression");
  }

  @Test
  void pathsThatAreNoFiles() throws IOException {
    assertUriRefused("file:" + folder, "is a directory", "name a memory image in it");
    assertUriRefused("file:" + folder + "/none", "there is no file", "check the path");
    assertUriRefused("file:", "without a path", "write file:guest.elf");
    assertUriRefused("file:a\0b", "cannot be the name of a file");
    assertUriRefused("file:/dev/zero", "is a device or a pipe", "name the file");
    assertUriRefused("nonsense:x", "unknown scheme \"nonsense:\"", "known schemes: file:");
    assertUriRefused("guest.elf", "no scheme");
  }

  @Test
  void fileThatMayNotBeRead() throws IOException {
    Path file = Files.write(folder.resolve("secret"), new byte[PAGE]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root reads everything");
    assertUriRefused("file:" + file, "permission denied", "make it readable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "-",
        "0x1000-",
        "-0x1000",
        "0x2000-0x1000",
        "0x1000-0x1000",
        "a-b",
        "0-0x8000000000000000",
        "-1-5",
        "0x1000-0x20000000000000"
      })
  void holesThatAreNoRanges(String hole) throws IOException {
    assertUriRefused(raw() + "?hole=" + hole, "is no range", "write hole=0xc0000000-0x100000000");
  }

  @Test
  void optionsThatMakeNoSense() throws IOException {
    assertUriRefused(raw() + "?size=4", "unknown option \"size=4\"", "there is hole=START-END");
    assertUriRefused(
        raw() + "?hole=0x2000-0x3000&hole=0x1000-0x2000", "overlap or are not in ascending order");
    assertUriRefused(raw() + "?hole=0x100000-0x200000", "ends before the hole at 0x100000");
    Path core = Files.write(folder.resolve("core"), elf().load(0, PAGE).bytes());
    assertUriRefused(
        "file:" + core + "?hole=0x1000-0x2000",
        "already describes its memory layout",
        "remove ?hole=");
  }

  @Test
  void elfFilesThatAreNoCoreOfAMachine() throws IOException {
    TestImages.Elf program = elf().load(0, PAGE);
    program.type = 2;
    assertRefused(program.bytes(), "is a program or a library", "dump-guest-memory");
    TestImages.Elf bigEndian = elf().load(0, PAGE);
    bigEndian.order = 2;
    assertRefused(bigEndian.bytes(), "big-endian", "not supported");
    assertRefused(elf().notes(new byte[PAGE]).bytes(), "no PT_LOAD segment", "another way");
    byte[] noClass = elf().load(0, PAGE).bytes();
    noClass[4] = 7;
    assertRefused(noClass, "class is neither 32 nor 64 bits", "dump it again");
  }

  @Test
  void elfCoresThatAreTruncatedOrOverlap() throws IOException {
    byte[] whole = elf().load(0, PAGE).load(1 << 20, PAGE).bytes();
    assertRefused(Arrays.copyOf(whole, whole.length - 1), "truncated", "copy or dump it again");
    assertRefused(
        elf().load(0, 2 * PAGE).load(PAGE, PAGE).bytes(), "physical address 0x1000", "-p");
    assertRefused(elf().entry(1, 0, 1L << 40, PAGE).bytes(), "truncated", "copy or dump it again");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0x1000,0x7fffffffffffffff",
    "0,0x1000,-1",
    "-4096,0x1000,4096",
    "0,-4096,4096",
    "0x7fffffffffffffff,0x1000,4096",
    "0xffffffffff000,0x1000,8192",
    "0,0x7fffffffffffffff,4096"
  })
  void elfSegmentsThatLie(String address, String offset, String size) throws IOException {
    byte[] image =
        elf()
            .entry(1, Long.decode(address), Long.decode(offset), Long.decode(size))
            .load(1 << 20, 2 * PAGE)
            .bytes();
    assertRefused(image, "again");
  }

  @Test
  void elfHeadersThatLie() throws IOException {
    TestImages.Elf tooMany = elf().load(0, PAGE);
    tooMany.count = 0xfffe;
    assertRefused(tooMany.bytes(), "again");
    tooMany.count = 0xffff;
    assertRefused(
        tooMany.bytes(), "more than 65534 segments", "records their number as 0", "again");
    for (int number : new int[] {0xfffe, -1, 1 << 23}) {
      byte[] image = tooMany.bytes();
      ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(40, 256).putInt(300, number);
      assertRefused(image, "records their number as " + Integer.toUnsignedString(number), "again");
    }
    byte[] elsewhereStill = tooMany.bytes();
    ByteBuffer.wrap(elsewhereStill).order(ByteOrder.LITTLE_ENDIAN).putLong(40, Long.MAX_VALUE);
    assertRefused(elsewhereStill, "truncated or damaged", "copy or dump it again");
    TestImages.Elf noSize = elf().load(0, PAGE);
    noSize.entrySize = 0;
    assertRefused(noSize.bytes(), "program headers of 0 bytes", "dump it again");
    for (long table : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40}) {
      TestImages.Elf elsewhere = elf().load(0, PAGE);
      elsewhere.table = table;
      assertRefused(elsewhere.bytes(), "truncated or damaged", "copy or dump it again");
    }
    assertRefused(elf().entry(4, 0, 0, Long.MIN_VALUE).bytes(), "notes are longer than 16 MiB");
    assertRefused(elf().entry(4, 0, 0, 1 << 24 | 1).bytes(), "notes are longer than 16 MiB");
    assertRefused(elf().entry(4, 0, -8, PAGE).bytes(), "truncated or damaged");
    assertRefused(elf().entry(1, 0, PAGE, 0).bytes(), "holds no memory at all");
  }

  @Test
  void limeImagesThatLie() throws IOException {
    byte[] good = TestImages.lime(0, PAGE);
    byte[] none = {};
    assertRefused(TestImages.concat(good, new byte[PAGE]), "no valid header at byte 0x1020");
    assertRefused(TestImages.concat(good, new byte[7]), "truncated", "copy or dump it again");
    assertRefused(Arrays.copyOf(good, PAGE), "truncated", "copy or dump it again");
    assertRefused(lime(0, Long.MAX_VALUE), "no valid header at byte 0x0", "dump it again");
    assertRefused(lime(0, (1L << 52) - 1), "truncated", "copy or dump it again");
    assertRefused(lime(0x2000, 0x1fff), "no valid header at byte 0x0");
    assertRefused(lime(0x3000, 0x1000), "no valid header at byte 0x0");
    assertRefused(lime(-1, 0x1000), "no valid header at byte 0x0");
    assertRefused(TestImages.concat(good, good), "two segments that hold physical address 0x0");
    assertRefused(
        TestImages.concat(good, TestImages.lime(0, -1, none), good),
        "no valid header at byte 0x1020");
  }

  @Test
  void compressedImagesThatAreCutOrDamaged() throws IOException {
    byte[] image = new byte[1 << 20];
    new java.util.Random(7).nextBytes(image);
    for (byte[] whole : new byte[][] {Zstd.compress(image), gzip(image), xz(image)}) {
      assertRefused(Arrays.copyOf(whole, whole.length / 2), "damaged or cut short", "again");
      assertRefused(Arrays.copyOf(whole, 7), "damaged or cut short", "again");
      byte[] damaged = whole.clone();
      Arrays.fill(damaged, 6, 40, (byte) 0xa5);
      assertRefused(damaged, "damaged or cut short", "again");
    }
  }

  private static byte[] gzip(byte[] image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream stream = new GZIPOutputStream(bytes)) {
      stream.write(image);
    }
    return bytes.toByteArray();
  }

  private static byte[] xz(byte[] image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream stream = new XZOutputStream(bytes, new LZMA2Options(0))) {
      stream.write(image);
    }
    return bytes.toByteArray();
  }

  private static TestImages.Elf elf() {
    return new TestImages.Elf(true, TestImages.X86_64);
  }

  private static byte[] lime(long first, long last) {
    return TestImages.lime(first, last, new byte[PAGE]);
  }

  private static byte[] head(String magic) {
    return Arrays.copyOf(magic.getBytes(US_ASCII), PAGE);
  }

  private String raw() throws IOException {
    return "file:" + Files.write(folder.resolve("x.raw"), TestImages.memory(0, 4 * PAGE));
  }

  private void assertRefused(byte[] content, String... parts) throws IOException {
    assertUriRefused("file:" + Files.write(folder.resolve("image"), content), parts);
  }

  private static void assertUriRefused(String uri, String... parts) {
    assertThatThrownBy(() -> TestImages.open(uri))
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll(parts);
  }
}
