package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import org.vmi4j.profiles.io.Profiles;

/** Files of every kind, most of them no profiles. */
class ProfilesTest {
  private static final byte[] PROFILE =
      "{\"$CONSTANTS\": {\"init_task\": 5}}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private static byte[] xz(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream xz = new XZOutputStream(out, new LZMA2Options(1))) {
      xz.write(plain);
    }
    return out.toByteArray();
  }

  private static void assertRefused(byte[] content, String message) {
    assertThatThrownBy(() -> Profiles.read("x", new ByteArrayInputStream(content)))
        .isInstanceOf(ProfileException.class)
        .hasMessageStartingWith("x ")
        .hasMessageContaining(message);
  }

  @Test
  void tellsCompressionByContentAndNotByName() throws IOException {
    for (byte[] content : new byte[][] {PROFILE, gzip(PROFILE), xz(PROFILE)}) {
      Profile profile = Profiles.load(file("misleading.txt.gz", content));
      assertThat(profile.symbols().address("init_task")).hasValue(5);
      assertThat(profile.origin()).isEqualTo("misleading.txt.gz (Rekall JSON)");
    }
  }

  @Test
  void passesOverAByteOrderMarkAndSpace() {
    byte[] marked =
        ("\ufeff \n\t" + new String(PROFILE, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);
    Profile profile = Profiles.read("x", new ByteArrayInputStream(marked));
    assertThat(profile.symbols().count()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | is empty; a profile is",
        "'   ' | is empty",
        "hello world | is text that begins with \"hello world\"; a profile is",
        "[1] | is a JSON array",
        "MZrest | is a Windows program",
        "{} | is JSON with no members",
        "{\"a\": 1, \"b\": {}} | is JSON with a, b, neither Rekall",
        "{\"symbols\": {}, \"$STRUCTS\": {}} | has sections of both formats",
        "{\"symbols\" | is broken JSON at byte",
        "PK\u0003\u0004rest | is compressed with zip",
        "BZh91AY | is compressed with bzip2"
      })
  void saysWhatTheFileLooksLike(String content, String message) {
    assertRefused(content.getBytes(StandardCharsets.ISO_8859_1), message);
  }

  @Test
  void saysWhatBinaryFilesLookLike() throws IOException {
    assertRefused(new byte[] {0x7f, 'E', 'L', 'F', 2}, "is an ELF file");
    assertRefused(new byte[] {0, 1, 2, (byte) 0xfe}, "begins with the bytes 00 01 02 fe");
    assertRefused(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, "is compressed with zstd");
    assertRefused("{\"a\": 1}".getBytes(StandardCharsets.UTF_16LE), "UTF-16");
    assertRefused(Arrays.copyOf(gzip(new byte[5000]), 20), "ends too early");
    assertRefused(Arrays.copyOf(xz(PROFILE), 40), "ends too early");
    byte[] broken = xz(PROFILE);
    broken[20] ^= 0x55;
    assertRefused(broken, "cannot be decompressed");
  }

  @Test
  void saysWhatIsWrongWithThePath() {
    assertThatThrownBy(() -> Profiles.load(folder))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> Profiles.load(folder.resolve("missing")))
        .isInstanceOf(ProfileException.class)
        .hasMessageStartingWith("there is no profile ");
  }

  /** Opening a pipe without a writer would wait for ever. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aPipeIsRefused() throws IOException, InterruptedException {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> Profiles.load(pipe))
        .isInstanceOf(ProfileException.class)
        .hasMessage(pipe + " is a device or a pipe; name the file of a profile");
  }

  /** Repeats a text for ever, and counts what was taken. */
  private static final class Endless extends InputStream {
    private final byte[] start;
    private final byte[] text;
    private long taken;

    Endless(String start, String text) {
      this.start = start.getBytes(StandardCharsets.UTF_8);
      this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      long at = taken++;
      return at < start.length ? start[(int) at] : text[(int) ((at - start.length) % text.length)];
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      for (int i = 0; i < length; i++) {
        into[offset + i] = (byte) read();
      }
      return length;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"$STRUCTS\": {\"a\": | [",
        "{\"other\": | {\"a\":",
        "{\"user_types\": {\"a\": | {\"a\":[",
        "{\"metadata\": | [",
      })
  @Timeout(10)
  void endlessNestingIsRefusedAtOnce(String start, String nested) {
    Endless endless = new Endless(start, nested);
    assertThatThrownBy(() -> Profiles.read("x", endless))
        .isInstanceOf(ProfileException.class)
        .hasMessageStartingWith("x");
    assertThat(endless.taken).isLessThan(1 << 18);
  }

  @Test
  @Timeout(10)
  void endlessNamesAndStringsAreRefused() {
    Endless name = new Endless("{\"", "a");
    assertThatThrownBy(() -> Profiles.read("x", name)).isInstanceOf(ProfileException.class);
    Endless text = new Endless("{\"metadata\": {\"format\": \"", "a");
    assertThatThrownBy(() -> Profiles.read("x", text)).isInstanceOf(ProfileException.class);
    Endless number = new Endless("{\"$CONSTANTS\": {\"a\": ", "9");
    assertThatThrownBy(() -> Profiles.read("x", number)).isInstanceOf(ProfileException.class);
    assertThat(name.taken + text.taken + number.taken).isLessThan(1 << 23);
  }

  @Test
  @Timeout(60)
  void whatExpandsWithoutEndIsRefused() {
    Endless endless = new Endless("{\"other\": [0", ",         0");
    assertThatThrownBy(() -> Profiles.read("x", endless))
        .isInstanceOf(ProfileException.class)
        .hasMessageContaining("which no profile has");
  }
}
