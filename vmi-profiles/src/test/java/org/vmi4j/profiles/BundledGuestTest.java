package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.XZInputStream;
import org.vmi4j.api.Progress;
import org.vmi4j.profiles.btf.Btf;
import org.vmi4j.profiles.io.Profiles;
import org.vmi4j.profiles.kallsyms.Kallsyms;
import org.vmi4j.profiles.kallsyms.KallsymsFinder;
import org.vmi4j.profiles.kallsyms.KallsymsTables;
import org.vmi4j.testkit.ArrayMemory;

/** A real kernel's memory, compared with what that kernel printed. */
class BundledGuestTest {
  private static final Path FOLDER =
      Path.of("").toAbsolutePath().getParent().resolve("lab/guest/bundled/debian12-amd64");
  private static final Pattern SIZE_OR_OFFSET =
      Pattern.compile("(SIZE|OFFSET)\\((\\w+)(?:\\.(\\w+))?\\)=(\\d+)");
  private static final int KERNEL_BYTES = 64 << 20;

  private static byte[] image;
  private static ArrayMemory memory;
  private static List<String> truth;
  private static Symbols symbols;

  @BeforeAll
  static void open() throws IOException {
    try (InputStream in =
        new XZInputStream(Files.newInputStream(FOLDER.resolve("memory.elf.xz")))) {
      image = in.readAllBytes();
    }
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(FOLDER.resolve("truth/kallsyms.txt.gz"))),
                StandardCharsets.UTF_8))) {
      truth = in.lines().filter(line -> !line.endsWith("]")).toList();
    }
    // The kernel lies in one piece, so that one difference leads from its addresses to the file.
    memory = new ArrayMemory(text() - fileOffset(kernelCode()), image);
    KallsymsTables tables =
        KallsymsFinder.find(memory, text(), KERNEL_BYTES, 8, Progress.NONE).orElseThrow();
    symbols = Kallsyms.decode(memory, tables);
  }

  @AfterAll
  static void forget() {
    image = null;
    memory = null;
  }

  private static long text() {
    String line =
        truth.stream().filter(each -> each.endsWith(" T _text")).findFirst().orElseThrow();
    return Long.parseUnsignedLong(line, 0, 16, 16);
  }

  private static long kernelCode() throws IOException {
    return Files.readAllLines(FOLDER.resolve("truth/iomem.txt")).stream()
        .filter(line -> line.endsWith("Kernel code"))
        .map(line -> Long.parseLong(line.substring(0, line.indexOf('-')).strip(), 16))
        .findFirst()
        .orElseThrow();
  }

  private static long fileOffset(long physical) {
    ByteBuffer elf = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) elf.getLong(0x20);
    for (int i = 0; i < elf.getShort(0x38); i++) {
      int at = headers + 56 * i;
      long distance = physical - elf.getLong(at + 24);
      if (elf.getInt(at) == 1 && distance >= 0 && distance < elf.getLong(at + 32)) {
        return elf.getLong(at + 8) + distance;
      }
    }
    throw new AssertionError("the image lacks the kernel");
  }

  private static Btf btf() {
    long start = symbols.address("__start_BTF").orElseThrow();
    int length = Btf.lengthAt(memory, start).orElseThrow();
    assertThat(start + length).isEqualTo(symbols.address("__stop_BTF").orElseThrow());
    return Btf.read("BTF", memory.readBytes(start, length));
  }

  @Test
  void everySymbolIsAsTheGuestPrintedIt() {
    List<String> decoded =
        symbols
            .all()
            .map(each -> String.format("%016x %c %s", each.address(), each.kind(), each.name()))
            .toList();
    assertThat(decoded.size()).isEqualTo(truth.size()).isGreaterThan(80_000);
    Set<String> differences = new TreeSet<>(truth);
    differences.removeAll(Set.copyOf(decoded));
    assertThat(differences).isEmpty();
  }

  /** VMCOREINFO has sizes and offsets that the compiler worked out. */
  @Test
  void sizesAndOffsetsAreThoseOfTheCompiler() {
    String text = new String(image, StandardCharsets.ISO_8859_1);
    int start = text.indexOf("OSRELEASE=6.1");
    int end = text.indexOf('\0', start);
    Btf btf = btf();
    int compared = 0;
    Matcher matcher = SIZE_OR_OFFSET.matcher(text.substring(start, end));
    while (matcher.find()) {
      StructType struct = btf.struct(matcher.group(2)).orElse(null);
      // "nodemask_t" and its like are typedefs of what has no members to compare.
      if (struct != null) {
        long ours =
            matcher.group(3) == null
                ? struct.size()
                : struct.field(matcher.group(3)).orElseThrow().offset();
        assertThat(ours).as(matcher.group()).isEqualTo(Long.parseLong(matcher.group(4)));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(50);
  }

  @Test
  void theInitialTaskIsNamedSwapper() {
    Profile profile = Profile.of("BTF and kallsyms", btf(), symbols, 8);
    Binder binder = profile.binder();
    Field comm = binder.field("task_struct", "comm");
    Field pid = binder.field("task_struct", "pid");
    long initTask = binder.symbol("init_task");
    binder.check();
    assertThat(memory.readString(initTask + comm.offset(), 16)).startsWith("swapper");
    assertThat(pid.read(memory, initTask)).isZero();
  }

  @Test
  void itsProfileComesBackFromIsf() throws IOException {
    Btf btf = btf();
    Identity banner = new Identity.LinuxBanner("Linux version 6.1");
    Profile profile = Profile.of("guest", btf, symbols, 8).withIdentity(banner);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Profiles.writeIsf(profile, out);
    Profile again = Profiles.read("again", new ByteArrayInputStream(out.toByteArray()));

    assertThat(again.identity()).contains(banner);
    assertThat(IsfSchema.violations(out.toByteArray())).isEmpty();
    assertThat(again.symbols().address("init_task")).isEqualTo(symbols.address("init_task"));
    int compared = 0;
    for (String name : btf.names().toList()) {
      StructType struct = btf.struct(name).orElse(null);
      if (struct != null && struct.name().equals(name)) {
        List<String> ours = places(struct);
        assertThat(places(again.types().struct(name).orElseThrow())).as(name).isEqualTo(ours);
        compared += ours.size();
      }
    }
    assertThat(compared).isGreaterThan(40_000);
  }

  /** Volatility reads these by the types of their symbols. */
  @Test
  void itsIsfHasTheTypesOfVariables() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Profiles.writeIsf(Profile.of("guest", btf(), symbols, 8), out);
    String task = "{\"kind\":\"struct\",\"name\":\"task_struct\"}";
    String ring = "{\"kind\":\"struct\",\"name\":\"printk_ringbuffer\"}";
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("\"init_task\":{\"type\":" + task)
        .contains("\"prb\":{\"type\":{\"kind\":\"pointer\",\"subtype\":" + ring)
        // A per-CPU variable, which BTF describes.
        .contains("\"current_task\":{\"type\":{\"kind\":\"pointer\",\"subtype\":" + task);
  }

  private static List<String> places(StructType struct) {
    return Declaration.layout(struct).stream()
        .map(LayoutRow::field)
        .filter(field -> !field.name().isEmpty())
        .map(field -> field + " " + field.size() + " " + field.signed())
        .sorted()
        .toList();
  }
}
