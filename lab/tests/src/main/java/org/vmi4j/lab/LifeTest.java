package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.Window;
import org.vmi4j.os.linux.Linux;

/** Listing, opening, closing and dying. */
class LifeTest {
  private static final int CYCLES = 200;

  /** Guest memory that every guest of the lab has: on Arm it begins at 1 GiB. */
  private static long somePage(PhysicalMemory memory) {
    return Stream.of(0x100_0000L, 0x4100_0000L)
        .filter(memory::isPresent)
        .findFirst()
        .orElseGet(() -> firstPage(memory));
  }

  private static long firstPage(PhysicalMemory memory) {
    long[] found = {-1};
    memory.forEachExtent(
        0,
        memory.end(),
        (address, bytes) -> {
          found[0] = address;
          return false;
        });
    return found[0];
  }

  @Test
  void theListHasEveryGuest() {
    List<VmInfo> machines = Vmi.list("xen:");
    assertThat(machines).anySatisfy(machine -> assertThat(machine.id()).isZero());
    for (Truth truth : Truth.all()) {
      assertThat(machines)
          .anySatisfy(
              machine -> {
                assertThat(machine.name()).hasValue(truth.guest());
                assertThat(machine.type()).isEqualTo(truth.isParavirtual() ? "PV" : "PVH");
                assertThat(machine.vcpus()).isEqualTo(truth.processors());
                assertThat(machine.memory()).isBetween(100L << 20, 200L << 20);
              });
    }
  }

  @Test
  void aGuestIsOpenedByNameNumberAndUuid() {
    VmInfo guest = machine(Truth.all().get(0).guest());
    for (String uri : List.of("xen:" + guest.id(), "xen:" + guest.uuid(), guest.uri())) {
      try (Vm vm = Vmi.open(uri)) {
        assertThat(vm.name()).as(uri).contains(guest.name().orElseThrow());
      }
    }
    assertThatThrownBy(() -> Vmi.open("xen:nobody").close())
        .isInstanceOf(VmiException.class)
        .hasMessageContaining(guest.name().orElseThrow());
  }

  private static VmInfo machine(String name) {
    return Vmi.list("xen:").stream()
        .filter(machine -> machine.name().filter(name::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void openingAndClosingLeavesNothingBehind() throws IOException {
    String uri = Truth.all().get(0).uri();
    cycle(uri);
    long mappings = mappings();
    long files = files();
    for (int i = 0; i < CYCLES; i++) {
      cycle(uri);
    }
    System.gc();
    // Memory is unmapped when the collector has found that nobody refers to it.
    for (int i = 0; i < 50 && mappings() > mappings; i++) {
      sleep(100);
    }
    assertThat(mappings()).isLessThanOrEqualTo(mappings);
    assertThat(files()).isLessThanOrEqualTo(files + 1);
  }

  /** Its kernel is found through its processors, in a few of the windows that it has. */
  @Test
  void detectionMapsAFewWindowsOfAGuest() throws IOException {
    for (Truth truth : Truth.all()) {
      long all = machine(truth.guest()).memory() / Window.SIZE;
      long before = mappings();
      try (Vm vm = Vmi.open(truth.uri())) {
        Linux.detect(vm);
        assertThat(mappings() - before).as(truth.guest()).isBetween(1L, all / 2);
      }
    }
  }

  private static void cycle(String uri) {
    try (Vm vm = Vmi.open(uri)) {
      vm.physicalMemory().readLong(somePage(vm.physicalMemory()));
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("privcmd")).count();
    }
  }

  private static long files() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void aGuestOutlivesAProcessThatIsKilledWhileItHasMappedIt() throws IOException {
    Truth truth = Truth.all().get(0);
    Process reader = Dom0.start(Reader.class, truth.uri());
    awaitLine(reader, "reading");
    reader.destroyForcibly();
    assertThat(Dom0.run("/lab/truth", truth.guest(), "word", "1", "0")).contains("@@@ end");
    assertThat(machine(truth.guest()).state()).isIn("running", "blocked", "runnable");
  }

  @Test
  void aGuestThatIsDestroyedWhileItIsReadEndsInOneException() throws IOException {
    String name = "victim";
    Dom0.run("xl", "create", "/lab/guests/debian12.cfg", "name=\"" + name + "\"");
    int id = machine(name).id();
    Process reader = Dom0.start(Reader.class, "xen:" + name);
    awaitLine(reader, "reading");
    Dom0.run("xl", "destroy", name);

    String said = awaitLine(reader, VmGoneException.class.getSimpleName());

    assertThat(said).contains(name);
    // A domain whose memory is still mapped would stay as a zombie.
    for (int i = 0; i < 100 && isThere(id); i++) {
      sleep(100);
    }
    assertThat(isThere(id)).isFalse();
    reader.destroy();
  }

  @Test
  void aPauseEndsWithTheProgramThatMadeIt() throws IOException {
    String name = Truth.all().get(0).guest();
    Process pauser = Dom0.start(Pauser.class, "xen:" + name);
    awaitLine(pauser, "paused");
    assertThat(machine(name).state()).isEqualTo("paused");
    pauser.destroy();
    for (int i = 0; i < 100 && pauser.isAlive(); i++) {
      sleep(100);
    }
    assertThat(machine(name).state()).isNotEqualTo("paused");
  }

  @Test
  void aGuestThatWasPausedBeforeStaysPaused() {
    String name = Truth.all().get(0).guest();
    Dom0.run("xl", "pause", name);
    try (Vm vm = Vmi.open("xen:" + name)) {
      String meanwhile = vm.require(Pausing.class).whilePaused(() -> machine(name).state());
      assertThat(meanwhile).isEqualTo("paused");
      assertThat(machine(name).state()).isEqualTo("paused");
    } finally {
      Dom0.run("xl", "unpause", name);
    }
    assertThat(machine(name).state()).isNotEqualTo("paused");
  }

  private static boolean isThere(int id) {
    return Vmi.list("xen:").stream().anyMatch(machine -> machine.id() == id);
  }

  private static String awaitLine(Process process, String word) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.contains(word)) {
        return line;
      }
      all.append(line).append('\n');
    }
    throw new AssertionError("the reader did not say \"" + word + "\" but:\n" + all);
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Pauses a guest, and is ended before it says otherwise. */
  static final class Pauser {
    private Pauser() {}

    public static void main(String[] arguments) throws InterruptedException {
      Vm vm = Vmi.open(arguments[0]);
      vm.require(Pausing.class).pause();
      System.out.println("paused");
      Thread.sleep(600_000);
    }
  }

  /** Reads a guest's memory until it is gone, and stays. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (Vm vm = Vmi.open(arguments[0])) {
        long address = somePage(vm.physicalMemory());
        vm.physicalMemory().readLong(address);
        System.out.println("reading");
        try {
          while (true) {
            vm.physicalMemory().readLong(address);
          }
        } catch (VmGoneException e) {
          System.out.println(VmGoneException.class.getSimpleName() + ": " + e.getMessage());
        }
        // Not closed yet: what it had mapped is nobody's by now.
        Thread.sleep(600_000);
      }
    }
  }
}
