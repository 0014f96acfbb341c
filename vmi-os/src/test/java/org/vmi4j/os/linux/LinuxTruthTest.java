package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.os.linux.kernel.TaskState;
import org.vmi4j.profiles.Symbol;

/**
 * Everything that is read from a guest, against what the guest itself printed. The bundled guest is
 * looked into in every build, those of the lab with {@code -Pguests}.
 */
@ParameterizedClass
@MethodSource("guests")
class LinuxTruthTest {
  /** The witness prints itself while it runs, and sleeps in the image. */
  private static final String WITNESS = "witness";

  private static final Map<GuestFiles, Linux> OPEN = new HashMap<>();

  private final GuestFiles guest;
  private final Linux linux;

  LinuxTruthTest(GuestFiles guest) {
    this.guest = guest;
    this.linux = OPEN.computeIfAbsent(guest, files -> Linux.detect(Vmi.open(files.uri())));
  }

  static Stream<GuestFiles> guests() {
    return Stream.concat(
        Stream.of(GuestFiles.bundled()),
        Stream.of(System.getProperty("vmi.guests", "").split(",", -1))
            .filter(name -> !name.isEmpty())
            .map(GuestFiles::ofLab));
  }

  @AfterAll
  static void close() {
    OPEN.values().forEach(linux -> linux.vm().close());
    OPEN.clear();
  }

  @Test
  void theKernelIsTheOneThatRan() {
    Kernel kernel = linux.kernel();
    assertThat(kernel.banner()).isEqualTo(guest.truth("version.txt").get(0));
    assertThat(kernel.release()).isEqualTo(kernel.banner().split(" ", -1)[2]);
    assertThat(kernel.virtualOffset()).isPositive();
    assertThat(kernel.addressSpace().mode().name()).startsWith(guest.paging());
    assertThat(kernel.buildId()).hasValueSatisfying(id -> assertThat(id).hasSize(40));
  }

  @Test
  void everyTaskIsFoundWithAllThatPsSaysOfIt() {
    List<String> expected = new ArrayList<>();
    for (String[] row : guest.table("tasks.txt")) {
      String state = row[6].equals(WITNESS) ? "S" : row[4];
      String command = row[7].replace("\\0", " ").replace("\\x5c", "\\").strip();
      expected.add(
          String.join(
              "|", row[0], row[1], row[2], row[3], state, row[5], shortened(row[6]), command));
    }
    assertThat(linux.threads().broken()).isEmpty();
    List<String> found =
        linux.threads().stream()
            .map(
                task ->
                    String.join(
                        "|",
                        String.valueOf(task.id()),
                        String.valueOf(task.processId()),
                        String.valueOf(task.parentId()),
                        String.valueOf(task.uid()),
                        String.valueOf(task.state().letter()),
                        String.valueOf(task.created().toMillis() / 10),
                        shortened(task.name()),
                        String.join(" ", task.arguments())))
            .toList();
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }

  /**
   * /proc shows the whole name of a kernel thread, of which the task has 15 bytes, and what a
   * kernel worker works on behind its name.
   */
  private static String shortened(String name) {
    String plain = name.startsWith("kworker/") ? name.split("[-+]", -1)[0] : name;
    return plain.substring(0, Math.min(15, plain.length()));
  }

  @Test
  void processesAreTheThreadsThatLeadAGroup() {
    Set<Integer> leaders =
        guest.table("tasks.txt").stream()
            .filter(row -> row[0].equals(row[1]))
            .map(row -> Integer.valueOf(row[0]))
            .collect(Collectors.toSet());
    assertThat(linux.processes().stream().map(LinuxProcess::id).collect(Collectors.toSet()))
        .isEqualTo(leaders);
  }

  @Test
  void modulesAreThoseOfProcModules() {
    List<String> expected =
        guest.truth("modules.txt").stream()
            .map(line -> line.split(" ", -1))
            .map(row -> row[0] + " " + row[1] + " " + row[5])
            .toList();
    assertThat(
            linux.modules().stream()
                .map(m -> m.name() + " " + m.size() + " 0x" + Long.toHexString(m.address())))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void everySymbolOfTheKernelHasItsAddress() {
    Map<String, List<Long>> found = new HashMap<>();
    linux
        .kernel()
        .profile()
        .symbols()
        .all()
        .forEach(s -> found.computeIfAbsent(key(s), k -> new ArrayList<>()).add(s.address()));
    int checked = 0;
    for (String line : guest.compressed("kallsyms.txt.gz")) {
      String[] row = line.split("[ \t]", -1);
      if (row.length == 3) {
        assertThat(found.get(row[1] + row[2]))
            .as(line)
            .contains(Long.parseUnsignedLong(row[0], 16));
        checked++;
      }
    }
    // What was recognised by its looks, in a kernel that names its functions only, has no kind.
    assertThat(linux.kernel().profile().symbols().all().filter(s -> s.kind() != Symbol.UNKNOWN))
        .hasSize(checked);
  }

  /** Capitals are of what a module exports there, and of what is global in its file here. */
  @Test
  void everySymbolOfEveryModuleHasItsAddress() {
    Set<String> modules =
        linux.modules().stream().map(LinuxModule::name).collect(Collectors.toSet());
    List<String> expected = new ArrayList<>();
    for (String line : guest.compressed("kallsyms.txt.gz")) {
      String[] row = line.split("[ \t]", -1);
      if (row.length == 4 && modules.contains(row[3].substring(1, row[3].length() - 1))) {
        expected.add(String.join(" ", row).toLowerCase(Locale.ROOT));
      }
    }
    LinuxSymbols symbols = linux.symbols();
    assertThat(symbols.ofModules().map(LinuxTruthTest::line))
        .containsExactlyInAnyOrderElementsOf(expected)
        .hasSizeGreaterThan(50);
    assertThat(symbols.broken()).isEmpty();
  }

  @Test
  void symbolsOfModulesAreFoundByNameAndByAddress() {
    LinuxSymbols symbols = linux.symbols();
    List<LinuxSymbol> functions =
        symbols.ofModules().filter(found -> found.symbol().kind() == 'T').toList();
    assertThat(functions).isNotEmpty();
    for (LinuxSymbol function : functions) {
      long at = function.symbol().address();
      assertThat(symbols.all(function.name())).contains(function);
      assertThat(symbols.all(function.symbol().name())).contains(function);
      assertThat(symbols.address(function.name())).hasValue(at);
      assertThat(symbols.nearest(at).orElseThrow().symbol().address()).isEqualTo(at);
      assertThat(symbols.nearest(at + 1).orElseThrow().describe(at + 1))
          .endsWith("+0x1 [" + function.module().orElseThrow() + "]");
      assertThat(symbols.withPrefix(function.symbol().name())).contains(function);
    }
    long initTask = symbols.address("init_task").orElseThrow();
    assertThat(symbols.exactly(initTask)).contains("init_task");
    assertThat(symbols.all("init_task [llc]")).isEmpty();
  }

  private static String line(LinuxSymbol found) {
    Symbol symbol = found.symbol();
    return String.format(Locale.ROOT, "%016x %c %s", symbol.address(), symbol.kind(), found.name())
        .toLowerCase(Locale.ROOT);
  }

  private static String key(Symbol symbol) {
    return symbol.kind() + symbol.name();
  }

  @Test
  void theMapOfAProcessIsThatOfProcMaps() {
    List<String> found =
        linux.process(guest.targetPid()).regions().stream()
            .map(
                r ->
                    String.format(
                        Locale.ROOT,
                        "%08x-%08x %s %08x %s",
                        r.start(),
                        r.end(),
                        r.rights() + (r.shared() ? "s" : "p"),
                        r.backing().offset(),
                        r.backing().name()))
            .toList();
    List<String> expected =
        guest.truth("maps.txt").stream()
            .map(line -> line.split(" +", 6))
            .map(c -> c[0] + " " + c[1] + " " + c[2] + " " + (c.length > 5 ? c[5] : ""))
            .toList();
    assertThat(found).containsExactlyElementsOf(expected);
  }

  @Test
  void everyPageOfThePagemapIsWhereTheKernelSaysItIs() {
    AddressSpace space = linux.process(guest.targetPid()).addressSpace();
    int software = 0;
    List<String[]> pages = guest.table("pagemap.txt");
    for (String[] row : pages) {
      long va = Long.parseUnsignedLong(row[0], 16);
      long frame = Long.parseUnsignedLong(row[1], 16) & (1L << 55) - 1;
      Translation translation = space.translate(va);
      assertThat(translation.physical()).as(row[0]).hasValue(frame * guest.pageSize());
      software += translation instanceof Translation.Software ? 1 : 0;
    }
    assertThat(pages).hasSizeGreaterThan(700);
    assertThat(software).as("pages of the PROT_NONE region").isEqualTo(4);
  }

  @Test
  void noPageIsMappedThatThePagemapDoesNotHave() {
    LinuxProcess process = linux.process(guest.targetPid());
    Set<Long> known =
        guest.table("pagemap.txt").stream()
            .map(row -> Long.parseUnsignedLong(row[0], 16))
            .collect(Collectors.toSet());
    List<Long> unknown = new ArrayList<>();
    for (MemoryRegion region : process.regions()) {
      process
          .addressSpace()
          .forEachPage(
              region.start(),
              region.end() - 1,
              (va, pa, length) -> {
                for (long page = va; page < va + length; page += guest.pageSize()) {
                  if (!known.contains(page)) {
                    unknown.add(page);
                  }
                }
                return true;
              });
    }
    assertThat(unknown).isEmpty();
  }

  /** The pages that the target filled hold, in each eight bytes, their own address. */
  @Test
  void theContentOfPagesIsWhatTheProcessWrote() {
    LinuxProcess process = linux.process(guest.targetPid());
    AddressSpace space = process.addressSpace();
    int filled = 0;
    for (String[] row : guest.table("pagemap.txt")) {
      long va = Long.parseUnsignedLong(row[0], 16);
      if (va >= 0x7000_0000_0000L && space.readLong(va) == va) {
        for (long at = va; at < va + guest.pageSize(); at += 8) {
          assertThat(space.readLong(at)).isEqualTo(at);
        }
        filled++;
      }
    }
    assertThat(filled).isGreaterThan(500);
  }

  @Test
  void openFilesAreThoseOfProcFd() {
    List<String> found =
        linux.process(guest.targetPid()).files().stream()
            .map(
                f ->
                    f.fd()
                        + "\t"
                        + f.position()
                        + "\t0"
                        + (f.flags() == 0 ? "0" : Integer.toOctalString(f.flags()))
                        + "\t"
                        + f.name())
            .toList();
    List<String> expected = guest.truth("files.txt").stream().skip(1).toList();
    assertThat(found).containsExactlyElementsOf(expected);
  }

  @Test
  void environmentsAreThoseOfProcEnviron() {
    Map<Integer, String> expected = new TreeMap<>();
    for (String[] row : guest.table("environ.txt")) {
      expected.put(Integer.valueOf(row[0]), row[1]);
    }
    Map<Integer, String> found = new TreeMap<>();
    for (LinuxProcess process : linux.processes()) {
      if (!process.environment().isEmpty()) {
        found.put(process.id(), String.join("\\0", process.environment()) + "\\0");
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void theLogIsWhatDmesgPrinted() {
    List<String> found =
        linux.log().stream()
            .flatMap(
                line ->
                    line.text()
                        .lines()
                        .map(
                            text ->
                                String.format(
                                    Locale.ROOT,
                                    "[%5d.%06d] %s",
                                    line.nanoseconds() / 1_000_000_000,
                                    line.nanoseconds() / 1000 % 1_000_000,
                                    text)))
            .toList();
    List<String> expected =
        guest.truth("dmesg.txt").stream().map(line -> line.replaceFirst("^<\\d+>", "")).toList();
    assertThat(found).containsExactlyElementsOf(expected);
  }

  @Test
  void aProcessThatDoesNotExistIsSaidNotToExist() {
    assertThatThrownBy(() -> linux.process(99999))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("there is no process 99999");
  }

  @Test
  void aKernelThreadHasNoMemoryOfItsOwn() {
    assertThatThrownBy(() -> linux.process(2).addressSpace())
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("kernel thread");
    assertThat(linux.process(2).commandLine()).isEqualTo("[kthreadd]");
  }

  /** The kernel's threads are kthreadd, which has number 2, and its children. */
  @Test
  void kernelThreadsAreThoseOfKthreaddAndNotZombies() {
    assertThat(linux.threads().stream().filter(LinuxTask::isKernelThread).map(LinuxTask::id))
        .containsExactlyInAnyOrderElementsOf(
            guest.table("tasks.txt").stream()
                .filter(row -> row[0].equals("2") || row[2].equals("2"))
                .map(row -> Integer.valueOf(row[0]))
                .toList());
    assertThat(linux.processes())
        .filteredOn(process -> process.state() == TaskState.ZOMBIE)
        .isNotEmpty()
        .noneMatch(process -> process.isKernelThread() || process.hasUserMemory());
  }

  @Test
  void aProcessIsFoundByItsNumber() {
    assertThat(linux.findProcess(2)).map(LinuxProcess::name).hasValue("kthreadd");
    assertThat(linux.findProcess(99999)).isEmpty();
  }
}
