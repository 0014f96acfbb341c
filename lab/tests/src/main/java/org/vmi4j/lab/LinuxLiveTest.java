package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.LinuxThread;
import org.vmi4j.profiles.Symbol;

/** Everything that is read from a running guest, against what the guest printed about itself. */
@ParameterizedClass
@MethodSource("org.vmi4j.lab.Truth#all")
class LinuxLiveTest {
  private static final Map<Truth, Linux> OPEN = new HashMap<>();
  private static final long PRESENT = 1L << 63;
  private static final long FRAME = (1L << 55) - 1;
  private static final int PAGE = 4096;

  /** With page-table isolation the user's table is the page behind the kernel's. */
  private static final long USER_TABLE = 1 << 12;

  /** How many of the target's pages are filled with their own addresses, at the least. */
  private static final int FILLED = 500;

  private final Truth truth;
  private final Linux linux;

  LinuxLiveTest(Truth truth) {
    this.truth = truth;
    this.linux = OPEN.computeIfAbsent(truth, guest -> Linux.detect(Vmi.open(guest.uri())));
  }

  @AfterAll
  static void close() {
    OPEN.values().forEach(linux -> linux.vm().close());
    OPEN.clear();
  }

  @Test
  void theKernelIsTheOneThatRuns() {
    assertThat(linux.kernel().banner()).isEqualTo(truth.lines("version.txt").get(0));
  }

  /** All but those that come and go: the load, the one who told the truth, the kernel's workers. */
  @Test
  void everyTaskThatLastsIsFound() {
    List<String[]> rows = truth.table("tasks.txt");
    Set<String> load = new HashSet<>();
    for (String[] row : rows) {
      if (row[7].contains("churn")) {
        load.add(row[0]);
      }
    }
    List<String> expected = new ArrayList<>();
    for (String[] row : rows) {
      if (!load.contains(row[2]) && !row[6].equals("tell") && !row[6].startsWith("kworker/")) {
        String command = row[7].replace("\\0", " ").replace("\\x5c", "\\").strip();
        expected.add(String.join("|", row[0], row[1], row[2], row[3], shortened(row[6]), command));
      }
    }
    assertThat(expected).hasSizeGreaterThan(30);
    List<String> found = new ArrayList<>();
    for (LinuxThread task : linux.threads()) {
      try {
        found.add(
            String.join(
                "|",
                String.valueOf(task.id()),
                String.valueOf(task.processId()),
                String.valueOf(task.parentId()),
                String.valueOf(task.uid()),
                shortened(task.name()),
                String.join(" ", task.arguments())));
      } catch (MemoryFault e) {
        // One that has ended since it was listed.
      }
    }
    assertThat(found).containsAll(expected);
  }

  /** /proc shows the whole name of a kernel thread, of which the task has 15 bytes. */
  private static String shortened(String name) {
    return name.substring(0, Math.min(15, name.length()));
  }

  @Test
  void modulesAreThoseOfProcModules() {
    List<String> expected =
        truth.lines("modules.txt").stream()
            .map(line -> line.split(" ", -1))
            .map(row -> row[0] + " " + row[1] + " " + row[5])
            .toList();
    assertThat(
            linux.modules().stream()
                .map(m -> m.name() + " " + m.size() + " 0x" + Long.toHexString(m.address())))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void everySymbolHasItsAddress() {
    Map<String, List<Long>> found = new HashMap<>();
    linux
        .kernel()
        .profile()
        .symbols()
        .all()
        .filter(symbol -> symbol.kind() != Symbol.UNKNOWN)
        .forEach(
            symbol ->
                found
                    .computeIfAbsent(symbol.kind() + symbol.name(), key -> new ArrayList<>())
                    .add(symbol.address()));
    int checked = 0;
    for (String line : truth.compressed("kallsyms.txt.gz")) {
      String[] row = line.split("[ \t]", -1);
      if (row.length == 3) {
        assertThat(found.get(row[1] + row[2]))
            .as(line)
            .contains(Long.parseUnsignedLong(row[0], 16));
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(10_000);
  }

  @Test
  void theMapOfTheTargetIsThatOfProcMaps() {
    List<String> expected =
        truth.lines("maps.txt").stream()
            .filter(line -> !line.isEmpty() && !line.contains("[vsyscall]"))
            .map(line -> line.split(" +", 6))
            .map(
                row ->
                    String.join(" ", row[0], row[1], row[2], row.length > 5 ? row[5] : "").strip())
            .toList();
    List<String> found =
        target().regions().stream()
            .map(
                region ->
                    String.format(
                            Locale.ROOT,
                            "%08x-%08x %s %08x %s",
                            region.start(),
                            region.end(),
                            region.rights() + (region.shared() ? "s" : "p"),
                            region.backing().offset(),
                            region.backing().name())
                        .strip())
            .toList();
    assertThat(found).containsExactlyElementsOf(expected);
  }

  /** A paravirtual guest tells frames of its own count, so that only what is in them compares. */
  @Test
  void everyPageOfTheTargetIsWhereItsKernelSays() {
    AddressSpace space = target().addressSpace();
    int filled = 0;
    int checked = 0;
    for (String[] row : truth.table("pagemap.txt")) {
      long va = Long.parseUnsignedLong(row[0], 16);
      long entry = Long.parseUnsignedLong(row[1], 16);
      if ((entry & PRESENT) == 0) {
        continue;
      }
      Translation translation = space.translate(va);
      if (truth.isParavirtual() && translation instanceof Translation.Software) {
        continue;
      }
      // Pages that nobody may touch are there as well.
      assertThat(translation.physical()).as(row[0]).isPresent();
      if (!truth.isParavirtual()) {
        assertThat(translation.physical().getAsLong() / PAGE).as(row[0]).isEqualTo(entry & FRAME);
      }
      checked++;
      if (space.readLong(va + 8) == va + 8) {
        filled++;
      }
    }
    assertThat(checked).isGreaterThan(FILLED);
    assertThat(filled).isGreaterThan(FILLED);
  }

  @Test
  void whatIsWrittenIsSeenByTheGuest() {
    AddressSpace space = target().addressSpace();
    long va = filledPage(space);
    long value = 0x1122_3344_5566_7788L;

    space.writeLong(va + 16, value);
    long seen = truth.word(va + 16);
    space.writeLong(va + 16, va + 16);

    assertThat(seen).isEqualTo(value);
    assertThat(truth.word(va + 16)).isEqualTo(va + 16);
  }

  private long filledPage(AddressSpace space) {
    return truth.table("pagemap.txt").stream()
        .map(row -> Long.parseUnsignedLong(row[0], 16))
        .filter(va -> space.translate(va) instanceof Translation.Mapped)
        .filter(va -> space.readLong(va) == va && space.readLong(va + 16) == va + 16)
        .findFirst()
        .orElseThrow();
  }

  /**
   * A processor is in the address space of some process, which it may keep while the kernel works
   * for nobody. On Arm the kernel has a table of its own.
   */
  @Test
  void theRootOfEveryProcessorIsTheOneThatItsKernelKnows() {
    Set<Long> roots = new HashSet<>();
    roots.add(linux.kernel().addressSpace().highRoot());
    Set<Long> seen = new HashSet<>();
    // The load comes and goes: a process that has just ended may be the one.
    for (int attempt = 0; attempt < 20; attempt++) {
      seen.clear();
      linux.vm().require(Pausing.class).whilePaused(() -> look(roots, seen));
      assertThat(seen).isNotEmpty();
      seen.removeIf(root -> roots.contains(root) || roots.contains(root & ~USER_TABLE));
      if (seen.isEmpty()) {
        return;
      }
    }
    assertThat(seen).isEmpty();
  }

  private boolean look(Set<Long> roots, Set<Long> seen) {
    linux.processes().stream()
        .filter(LinuxProcess::hasUserMemory)
        .forEach(process -> roots.add(process.addressSpace().root()));
    return seen.addAll(
        linux.vm().require(Vcpus.class).registers().stream()
            // Of a processor that is down nothing is known.
            .filter(registers -> !registers.isEmpty())
            .map(LinuxLiveTest::root)
            .toList());
  }

  /** Without the bits of PCID and ASID. */
  private static long root(RegisterValues registers) {
    return registers.architecture() == Architecture.X86_64
        ? registers.get(X86.CR3) & 0x000f_ffff_ffff_f000L
        : registers.get(Arm64.TTBR1_EL1) & 0x0000_ffff_ffff_f000L;
  }

  /** Its clock stops, where the kernel tells where that is: not without CONFIG_KALLSYMS_ALL. */
  @Test
  void aPausedGuestStandsStillUntilTheLastPauseEnds() throws InterruptedException {
    AddressSpace space = linux.kernel().addressSpace();
    long clock =
        linux.kernel().profile().symbols().address("jiffies_64").orElse(linux.process(1).address());
    Pausing pausing = linux.vm().require(Pausing.class);
    Pausing.Pause first = pausing.pause();
    Pausing.Pause second = pausing.pause();
    long before = space.readLong(clock);
    second.close();
    second.close();
    Thread.sleep(500);
    assertThat(state()).isEqualTo("paused");
    assertThat(space.readLong(clock)).isEqualTo(before);
    first.close();
    assertThat(state()).isIn("running", "blocked", "runnable");
    if (linux.kernel().profile().symbols().address("jiffies_64").isPresent()) {
      Thread.sleep(1000);
      assertThat(space.readLong(clock)).isGreaterThan(before);
    }
  }

  private String state() {
    return Vmi.list(truth.uri()).get(0).state();
  }

  private LinuxProcess target() {
    return linux.process(truth.targetPid());
  }
}
