package org.vmi4j.os.linux.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.os.linux.GuestFiles;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.Operation;

/** The kernel of a machine that runs is found without mapping all of its memory. */
@ParameterizedClass
@MethodSource("org.vmi4j.os.linux.LinuxTruthTest#guests")
class ProcessorSearchTest {
  private static final Pattern ARM_MODE = Pattern.compile("AArch64 (\\d+)K granule, (\\d+) bits");

  /** One that the guest has taken down. */
  private static final RegisterValues DOWN = new RegisterValues(Architecture.X86_64);

  private final Vm image;
  private final MockMemory memory;

  @AfterEach
  void close() {
    image.close();
  }

  ProcessorSearchTest(GuestFiles guest) {
    this.image = Vmi.open(guest.uri());
    this.memory = MockMemory.over(image.physicalMemory(), image.physicalMemory().end());
  }

  @Test
  void aRunningKernelIsFoundThroughItsProcessors() {
    Linux still = Linux.detect(image);
    Linux running = Linux.detect(running(processors(still, 0)));

    assertThat(mapped()).hasSizeLessThan(allWindows() / 2);
    assertThat(running.kernel().banner()).isEqualTo(still.kernel().banner());
    assertThat(running.kernel().virtualOffset()).isEqualTo(still.kernel().virtualOffset());
    assertThat(running.kernel().addressSpace().root())
        .isEqualTo(still.kernel().addressSpace().root());
    assertThat(running.kernel().profile().symbols().count())
        .isEqualTo(still.kernel().profile().symbols().count());
    assertThat(running.processes().stream().map(LinuxProcess::toString))
        .containsExactlyElementsOf(still.processes().stream().map(LinuxProcess::toString).toList());
  }

  @Test
  void theSearchTouchesThePageTablesAndTheImageOnly() {
    Linux still = Linux.detect(image);

    Optional<ProcessorSearch.Found> found =
        ProcessorSearch.find(running(processors(still, 0)), Progress.NONE);

    assertThat(mapped()).hasSizeLessThan(allWindows() / 2);
    assertThat(found).isPresent();
    assertThat(found.get().info().text("OSRELEASE")).hasValue(still.kernel().release());
  }

  /** With page-table isolation it is in tables that show hardly anything of the kernel. */
  @Test
  void theKernelIsFoundFromAProcessorThatRunsAProgram() {
    Linux still = Linux.detect(image);
    boolean arm = still.kernel().architecture() == Architecture.AARCH64;

    assertThat(ProcessorSearch.find(running(processors(still, arm ? -2 : 1)), Progress.NONE))
        .isPresent();
  }

  @Test
  void withoutRegistersAllMemoryIsSearched() {
    Linux running = Linux.detect(running(List.of(DOWN)));
    assertThat(running.kernel().banner()).startsWith("Linux version ");
  }

  /**
   * Two processors, of which the first is down. QEMU's cores of AArch64 lack the registers that the
   * page tables hang on, so that those are made of what is known of the kernel.
   *
   * @param pages how far from the kernel's table theirs is
   */
  private List<RegisterValues> processors(Linux linux, int pages) {
    AddressSpace space = linux.kernel().addressSpace();
    Matcher mode = ARM_MODE.matcher(space.mode().name());
    if (!mode.find()) {
      long cr3 = space.root() + pages * 4096L;
      long cr4 = image.require(Vcpus.class).vcpu(0).read(X86.CR4);
      RegisterValues running = new RegisterValues(Architecture.X86_64);
      return List.of(DOWN, running.set(X86.CR3, cr3).set(X86.CR4, cr4));
    }
    int granule = Integer.parseInt(mode.group(1)) << 10;
    Translation walk = space.translate(linux.process(1).address());
    long table = (walk.entries().get(0).address() & -granule) + (long) pages * granule;
    int granuleShift = Integer.numberOfTrailingZeros(granule);
    return List.of(DOWN, ArmTables.processor(granuleShift, Integer.parseInt(mode.group(2)), table));
  }

  private int allWindows() {
    int[] windows = new int[1];
    image
        .physicalMemory()
        .forEachExtent(0, image.physicalMemory().end(), (address, bytes) -> ++windows[0] > 0);
    return windows[0];
  }

  /** The image as a machine that runs. */
  private Vm running(List<RegisterValues> processors) {
    return new MockVm(image.name(), memory)
        .live()
        .architecture(image.architecture().orElseThrow())
        .registers(processors)
        .with(
            Pausing.class,
            () -> {
              throw new VmiException("nobody has to pause it");
            });
  }

  /** The windows that were mapped. */
  private Set<Operation> mapped() {
    return Set.copyOf(memory.operations().of(Operation.Kind.MAP));
  }
}
