package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.Budget;
import org.vmi4j.os.DetectOptions;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Identity;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.io.Profiles;

/** What becomes of a guest that is damaged, or that says less of itself than a modern one does. */
class DamagedGuestTest {
  private static final GuestFiles GUEST = GuestFiles.bundled();

  @TempDir private Path folder;
  private Path image;

  /** A raw copy of the bundled guest's memory, to be damaged. */
  @BeforeEach
  void copy() throws IOException {
    image = folder.resolve("guest.raw");
    try (Vm vm = Vmi.open(GUEST.uri());
        OutputStream out = Files.newOutputStream(image)) {
      byte[] chunk = new byte[1 << 20];
      // The firmware's own memory, just below 4 GiB, is of no interest here.
      for (long at = 0; at < 128L << 20; at += chunk.length) {
        vm.physicalMemory().read(at, chunk, 0, chunk.length);
        out.write(chunk);
      }
    }
  }

  private Vm open() {
    return Vmi.open("file:" + image);
  }

  private void overwrite(long address, byte[] bytes) throws IOException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes), address);
    }
  }

  private void overwriteLong(long address, long value) throws IOException {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    overwrite(address, bytes);
  }

  private static long physical(Linux linux, long va) {
    return Lookup.physical(linux.kernel().addressSpace().lookup(va));
  }

  private static long tasksOf(Linux linux, LinuxProcess process) {
    return process.address()
        + linux.kernel().profile().binder().field("task_struct", "tasks").offset();
  }

  private void blankEverywhere(String text) throws IOException {
    long[] found;
    try (Vm vm = open()) {
      found =
          BytePattern.ofText(text)
              .searchInParallel(
                  vm.physicalMemory(), 0, vm.physicalMemory().end(), Progress.NONE, 10_000);
    }
    assertThat(found).as(text).isNotEmpty();
    for (long address : found) {
      overwrite(address, new byte[text.length()]);
    }
  }

  /** The profile of the bundled kernel, as a file would have it: without KASLR, as ISF. */
  private Profile profile() throws IOException {
    Path file = folder.resolve("kernel.isf.json");
    try (Vm vm = open();
        OutputStream out = Files.newOutputStream(file)) {
      Kernel kernel = Linux.detect(vm).kernel();
      Symbols plain = kernel.profile().symbols().shifted(-kernel.virtualOffset());
      Profiles.writeIsf(kernel.profile().withSymbols(plain), out);
    }
    return Profiles.load(file);
  }

  @Test
  void aRawImageTellsTheSameAsTheCore() {
    try (Vm raw = open();
        Vm core = Vmi.open(GUEST.uri())) {
      assertThat(Linux.detect(raw).processes().stream().map(LinuxProcess::toString))
          .containsExactlyElementsOf(
              Linux.detect(core).processes().stream().map(LinuxProcess::toString).toList());
    }
  }

  @Test
  void aListThatLoopsKeepsWhatWasFound() throws IOException {
    long at;
    long target;
    try (Vm vm = open()) {
      Linux linux = Linux.detect(vm);
      at = physical(linux, tasksOf(linux, linux.process(GUEST.targetPid())));
      target = tasksOf(linux, linux.process(2));
    }
    overwriteLong(at, target);
    try (Vm vm = open()) {
      Listing<LinuxProcess> processes = Linux.detect(vm).processes();
      assertThat(processes.broken()).hasValueSatisfying(why -> assertThat(why).contains("loops"));
      assertThat(processes.items()).extracting(LinuxProcess::id).contains(1, 2);
      assertThat(processes.items()).extracting(LinuxProcess::id).doesNotHaveDuplicates();
    }
  }

  @Test
  void aModuleWhoseSymbolsLeaveItsMemoryIsNamedAndTheOthersAreRead() throws IOException {
    long at;
    try (Vm vm = open()) {
      Kernel kernel = Linux.detect(vm).kernel();
      Binder binder = kernel.profile().binder();
      // The last module loaded is the first of the list.
      long module =
          kernel.addressSpace().readLong(binder.symbol("modules"))
              - binder.field("module", "list").offset();
      long tables = binder.field("module", "kallsyms").read(kernel.addressSpace(), module);
      long count = tables + binder.field("mod_kallsyms", "num_symtab").offset();
      at = Lookup.physical(kernel.addressSpace().lookup(count));
    }
    overwrite(at, new byte[] {-1, -1, -1, -1});
    try (Vm vm = open()) {
      LinuxSymbols symbols = Linux.detect(vm).symbols();
      assertThat(symbols.broken())
          .hasValueSatisfying(why -> assertThat(why).contains("module loop"));
      assertThat(symbols.address("llc_sap_open [llc]")).isPresent();
      assertThat(symbols.all("init_task")).hasSize(1);
    }
  }

  @Test
  void symbolsOfModulesEndWithTheBudgetOfTheAnswer() {
    try (Vm vm = open()) {
      Kernel kernel = Linux.detect(vm).kernel();
      Listing<ModuleSymbols.Table> read =
          new ModuleSymbols(kernel, new Modules(kernel, kernel.addressSpace()))
              .read(new Budget(20_000));
      assertThat(read.broken())
          .hasValueSatisfying(why -> assertThat(why).contains("exceeds its limit"));
      assertThat(read.items()).isNotEmpty().hasSizeLessThan(6);
    }
  }

  @Test
  void aListThatLeavesMemoryKeepsWhatWasFoundAndSaysWhere() throws IOException {
    long at;
    try (Vm vm = open()) {
      Linux linux = Linux.detect(vm);
      at = physical(linux, tasksOf(linux, linux.process(GUEST.targetPid())));
    }
    overwriteLong(at, 0xdead_0000_0000_0000L);
    try (Vm vm = open()) {
      Linux linux = Linux.detect(vm);
      assertThat(linux.processes().items()).extracting(LinuxProcess::id).contains(1, 2, 3);
      assertThat(linux.processes().broken())
          .hasValueSatisfying(
              why -> assertThat(why).matches("(?s).* ends after \\d+ entries, at 0xffff.*"));
      assertThatThrownBy(() -> linux.process(30_000)).hasMessageContaining("incomplete");
    }
  }

  @Test
  void withoutVmcoreinfoAKernelIsFoundByItsProfile() throws IOException {
    Profile profile = profile();
    blankEverywhere("OSRELEASE=");
    try (Vm vm = open()) {
      assertThatThrownBy(() -> Linux.detect(vm))
          .isInstanceOf(KernelNotFoundException.class)
          .hasMessageContaining("without VMCOREINFO")
          .hasMessageContaining(GUEST.truth("version.txt").get(0).substring(0, 60))
          .isInstanceOfSatisfying(
              VmiException.class, e -> assertThat(e.remedies()).containsExactly(Remedy.PROFILE));
      Linux linux = Linux.detect(vm, DetectOptions.DEFAULTS.withProfile(profile));
      assertThat(linux.kernel().banner()).isEqualTo(GUEST.truth("version.txt").get(0));
      assertThat(linux.processes().items())
          .extracting(LinuxProcess::id)
          .contains(1, GUEST.targetPid());
    }
  }

  @Test
  void withoutBtfTheMessageSaysWhatIsMissingAndAProfileHelps() throws IOException {
    Profile profile = profile();
    long btf;
    try (Vm vm = open()) {
      Linux linux = Linux.detect(vm);
      btf =
          physical(linux, linux.kernel().profile().symbols().address("__start_BTF").orElseThrow());
    }
    overwrite(btf, new byte[64]);
    try (Vm vm = open()) {
      assertThatThrownBy(() -> Linux.detect(vm))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("BTF")
          .isInstanceOfSatisfying(
              VmiException.class, e -> assertThat(e.remedies()).containsExactly(Remedy.PROFILE));
      Linux linux = Linux.detect(vm, DetectOptions.DEFAULTS.withProfile(profile));
      assertThat(linux.process(GUEST.targetPid()).regions().broken()).isEmpty();
    }
  }

  @Test
  void aProfileOfAnotherKernelIsRefusedWithBothShown() throws IOException {
    Profile other =
        profile().withIdentity(new Identity.LinuxBanner("Linux version 4.19.0 (someone@else)"));
    Profile windows =
        other.withIdentity(new Identity.Pdb("ntkrnlmp.pdb", "5278AFF86C341677D7D7835C85B7B844", 1));
    try (Vm vm = open()) {
      assertThatThrownBy(() -> Linux.detect(vm, DetectOptions.DEFAULTS.withProfile(other)))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("Linux version 4.19.0 (someone@else)")
          .hasMessageContaining(GUEST.truth("version.txt").get(0));
      assertThatThrownBy(() -> Linux.detect(vm, DetectOptions.DEFAULTS.withProfile(windows)))
          .hasMessageContaining("ntkrnlmp.pdb 5278AFF86C341677D7D7835C85B7B844 age 1")
          .hasMessageContaining(GUEST.truth("version.txt").get(0));
    }
  }

  @Test
  void aWindowsGuestIsCalledOne() throws IOException {
    Path windows = folder.resolve("windows.raw");
    byte[] memory = new byte[8 << 20];
    byte[] name = "RSDS0123456789abcdef....ntkrnlmp.pdb".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, memory, 3 << 20, name.length);
    memory[0] = 1;
    Files.write(windows, memory);
    try (Vm vm = Vmi.open("file:" + windows)) {
      assertThatThrownBy(() -> Linux.detect(vm))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("Windows");
    }
  }

  @Test
  void memoryWithoutAnyKernelIsSaidToHaveNone() throws IOException {
    Path nothing = folder.resolve("nothing.raw");
    byte[] memory = new byte[8 << 20];
    memory[0] = 1;
    Files.write(nothing, memory);
    try (Vm vm = Vmi.open("file:" + nothing)) {
      assertThatThrownBy(() -> Linux.detect(vm))
          .isInstanceOf(VmiException.class)
          .hasMessageContaining("no supported operating system");
    }
  }
}
