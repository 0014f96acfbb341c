package org.vmi4j.os.linux.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.os.linux.GuestFiles;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.SymbolsBuilder;

/** The system calls of real kernels, against what their own kallsyms printed. */
@ParameterizedClass
@MethodSource("org.vmi4j.os.linux.LinuxTruthTest#guests")
class SystemCallsTest {
  private static final Map<String, Architecture> PREFIXES =
      Map.of(
          "__x64_sys_", Architecture.X86_64,
          "__ia32_sys_", Architecture.X86,
          "__ia32_compat_sys_", Architecture.X86,
          "__arm64_sys_", Architecture.AARCH64,
          "__arm64_compat_sys_", Architecture.ARM);

  /** Linux 7.2 has more parameters. */
  private static final Set<String> GREW = Set.of("bpf");

  private final GuestFiles guest;
  private final Linux linux;
  private final SystemCalls calls;
  private final Architecture own;

  SystemCallsTest(GuestFiles guest) {
    this.guest = guest;
    this.linux = Linux.detect(Vmi.open(guest.uri()));
    this.calls = linux.systemCalls();
    this.own = linux.kernel().architecture();
  }

  @AfterEach
  void close() {
    linux.vm().close();
  }

  private SystemCallFunction call(String name, Architecture program) {
    return calls.named(name).stream()
        .filter(function -> function.programs().contains(program))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyFunctionOfTheKernelIsThereOnce() {
    Map<Long, Set<String>> expected = new TreeMap<>(Long::compareUnsigned);
    Map<Long, Set<Architecture>> programs = new HashMap<>();
    for (String line : guest.compressed("kallsyms.txt.gz")) {
      String[] words = line.split("\\s+", -1);
      long address = Long.parseUnsignedLong(words[0], 16);
      PREFIXES.forEach(
          (prefix, program) -> {
            if (words[2].startsWith(prefix) && words[2].indexOf('.') < 0) {
              expected.computeIfAbsent(address, at -> new TreeSet<>()).add(words[2]);
              programs.computeIfAbsent(address, at -> new TreeSet<>()).add(program);
            }
          });
    }
    Map<Long, Set<String>> found = new TreeMap<>(Long::compareUnsigned);
    for (SystemCallFunction function : calls.functions()) {
      assertThat(found.put(function.address(), new TreeSet<>(function.symbols()))).isNull();
      assertThat(function.programs()).containsAll(programs.get(function.address()));
    }
    assertThat(found).isEqualTo(expected).hasSizeGreaterThan(400);
  }

  @Test
  void namesAreThoseOfTheManual() {
    assertThat(calls.names())
        .contains("openat", "execve", "clone", "write", "mmap", "exit_group", "uname")
        .isSorted()
        .doesNotContain("newuname", "newfstat")
        .allSatisfy(name -> assertThat(name).doesNotContain("."));
    assertThat(calls.named("newuname")).isEqualTo(calls.named("uname")).isNotEmpty();
    assertThat(calls.named("umount2")).isNotEmpty();
    assertThat(calls.named("no_such_call")).isEmpty();
  }

  @Test
  void theGuestDescribesItsParameters() {
    assertThat(call("openat", own).parameters())
        .hasValue(
            List.of(
                new Parameter("dfd", "int"),
                new Parameter("filename", "const char *"),
                new Parameter("flags", "int"),
                new Parameter("mode", "umode_t")));
    assertThat(call("execve", own).parameters().orElseThrow())
        .extracting(Parameter::type)
        .containsExactly("const char *", "const char *const *", "const char *const *");
    assertThat(call("fork", own).parameters()).hasValue(List.of());
    long known = calls.functions().stream().filter(each -> each.parameters().isPresent()).count();
    assertThat(known).isGreaterThan(calls.functions().size() * 8L / 10);
  }

  /** What a kernel without CONFIG_FTRACE_SYSCALLS does not say is known of common calls. */
  @Test
  void commonCallsAreKnownWithoutTheGuestsHelp() {
    SystemCalls alone = SystemCalls.of(withoutSymbols("__syscall_meta__"));
    assertThat(alone.functions()).hasSameSizeAs(calls.functions());
    int compared = 0;
    for (SystemCallFunction function : alone.functions()) {
      Optional<List<Parameter>> described =
          calls.functions().stream()
              .filter(each -> each.address() == function.address())
              .findFirst()
              .orElseThrow()
              .parameters();
      if (function.parameters().isPresent() && described.isPresent()) {
        compared++;
        assertThat(function.parameters().get())
            .as(function.name())
            .hasSizeLessThanOrEqualTo(described.get().size())
            .hasSizeGreaterThanOrEqualTo(
                GREW.contains(function.name()) ? 1 : described.get().size());
      }
    }
    assertThat(compared).isGreaterThan(80);
  }

  @Test
  void aKernelWithoutSuchFunctionsIsRefused() {
    Kernel kernel = withoutSymbols("__x64_", "__ia32_", "__arm64_");
    assertThatThrownBy(() -> SystemCalls.of(kernel))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("name no functions of system calls")
        .hasMessageContaining(kernel.release());
  }

  /** The kernel, without the symbols that begin with prefixes. */
  private Kernel withoutSymbols(String... without) {
    Kernel kernel = linux.kernel();
    SymbolsBuilder symbols = new SymbolsBuilder(0);
    kernel
        .profile()
        .symbols()
        .all()
        .filter(symbol -> List.of(without).stream().noneMatch(symbol.name()::startsWith))
        .forEach(symbol -> symbols.add(symbol.name(), symbol.address(), symbol.kind()));
    Symbols rest = symbols.build();
    return new Kernel(
        kernel.architecture(),
        kernel.release(),
        kernel.banner(),
        kernel.buildId(),
        kernel.virtualOffset(),
        kernel.physicalOffset(),
        kernel.addressSpace(),
        kernel.profile().withSymbols(rest),
        kernel.evidence());
  }
}
