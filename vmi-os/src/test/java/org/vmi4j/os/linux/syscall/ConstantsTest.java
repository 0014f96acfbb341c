package org.vmi4j.os.linux.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names of constants, against the C library's headers on an x86-64 machine. */
class ConstantsTest {
  private static final List<Class<?>> TABLES =
      List.of(
          FileConstants.class,
          MemoryConstants.class,
          ProcessConstants.class,
          SocketConstants.class);

  private static final List<String> HEADERS =
      List.of(
          "stdio.h",
          "errno.h",
          "fcntl.h",
          "unistd.h",
          "time.h",
          "sched.h",
          "signal.h",
          "sys/mman.h",
          "sys/wait.h",
          "sys/ptrace.h",
          "sys/prctl.h",
          "sys/socket.h",
          "sys/epoll.h",
          "sys/mount.h",
          "sys/resource.h",
          "sys/random.h",
          "netinet/in.h",
          "linux/futex.h",
          "linux/bpf.h");

  /** The C library defines it as 0 where files are large anyway. */
  private static final Set<String> OTHERWISE = Set.of("O_LARGEFILE");

  @TempDir private Path folder;

  private record Expected(String name, long value) {}

  private static List<Expected> constants() throws IllegalAccessException {
    List<Expected> all = new ArrayList<>();
    for (Class<?> table : TABLES) {
      for (Field field : table.getDeclaredFields()) {
        if (field.getType() == Constants.class && !field.getName().endsWith("_ARM")) {
          field.setAccessible(true);
          for (Constants.Constant each : ((Constants) field.get(null)).all()) {
            all.add(new Expected(each.name(), each.value()));
          }
        }
      }
    }
    return all;
  }

  @Test
  void theCompilerHasTheSameValues() throws Exception {
    List<Expected> expected = new ArrayList<>(constants());
    IntStream.range(1, 134)
        .mapToObj(number -> new Expected(Errors.name(-number), number))
        .filter(each -> each.name().startsWith("E"))
        .forEach(expected::add);
    expected.removeIf(each -> OTHERWISE.contains(each.name()));
    assertThat(expected).hasSizeGreaterThan(400);

    StringBuilder code = new StringBuilder("#define _GNU_SOURCE\n");
    HEADERS.forEach(header -> code.append("#include <").append(header).append(">\n"));
    code.append("int main(void) {\n");
    for (Expected each : expected) {
      code.append("  printf(\"%u\\n\", (unsigned) (").append(each.name()).append("));\n");
    }
    code.append("  return 0;\n}\n");
    List<Long> values = run(code.toString()).lines().map(Long::valueOf).toList();
    assertThat(values).isEqualTo(expected.stream().map(Expected::value).toList());
  }

  private String run(String code) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("constants.c"), code);
    Path program = folder.resolve("constants");
    output("gcc", "-w", "-o", program.toString(), source.toString());
    return output(program.toString());
  }

  private static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  @Test
  void bitsAreNamedAndTheRestIsANumber() {
    assertThat(FileConstants.OPEN.text(0)).isEqualTo("O_RDONLY");
    assertThat(FileConstants.OPEN.text(02000001)).isEqualTo("O_WRONLY|O_CLOEXEC");
    assertThat(FileConstants.OPEN.text(020200002)).isEqualTo("O_RDWR|O_TMPFILE");
    assertThat(FileConstants.OPEN.text(04010100)).isEqualTo("O_RDONLY|O_CREAT|O_SYNC");
    assertThat(FileConstants.OPEN.text(3L << 40 | 2)).isEqualTo("O_RDWR|0x30000000000");
    assertThat(FileConstants.OPEN_ARM.text(040000)).isEqualTo("O_RDONLY|O_DIRECTORY");
    assertThat(FileConstants.UNLINK.text(0)).isEqualTo("0");
    assertThat(MemoryConstants.PROTECTION.text(0)).isEqualTo("PROT_NONE");
    assertThat(MemoryConstants.PROTECTION.text(5)).isEqualTo("PROT_READ|PROT_EXEC");
    assertThat(MemoryConstants.MAP.text(0x22)).isEqualTo("MAP_PRIVATE|MAP_ANONYMOUS");
    assertThat(ProcessConstants.FUTEX.text(128)).isEqualTo("FUTEX_WAIT|FUTEX_PRIVATE_FLAG");
    assertThat(ProcessConstants.FUTEX.text(129)).isEqualTo("FUTEX_WAKE|FUTEX_PRIVATE_FLAG");
    assertThat(ProcessConstants.CLONE.text(0x11)).isEqualTo("SIGCHLD");
    assertThat(ProcessConstants.SIGNAL.text(9)).isEqualTo("SIGKILL");
    assertThat(ProcessConstants.SIGNAL.text(77)).isEqualTo("0x4d");
  }

  @Test
  void errorsHaveNames() {
    assertThat(Errors.name(-2)).isEqualTo("ENOENT");
    assertThat(Errors.name(-512)).isEqualTo("ERESTARTSYS");
    assertThat(Errors.name(-4095)).isEqualTo("error 4095");
    assertThat(Errors.name(-41)).isEqualTo("error 41");
    assertThat(Errors.isError(-4095)).isTrue();
    assertThat(Errors.isError(-4096)).isFalse();
    assertThat(Errors.isError(0)).isFalse();
  }
}
