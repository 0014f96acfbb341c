package org.vmi4j.os.linux.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.memory.FrameSource;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.memory.Window;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Translation;
import org.vmi4j.os.linux.GuestFiles;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/** The kernel of a machine that runs is found without mapping all of its memory. */
@ParameterizedClass
@MethodSource("org.vmi4j.os.linux.LinuxTruthTest#guests")
class ProcessorSearchTest {
  private static final Pattern ARM_MODE = Pattern.compile("AArch64 (\\d+)K granule, (\\d+) bits");

  /** One that the guest has taken down. */
  private static final RegisterValues DOWN = new RegisterValues(Architecture.X86_64);

  private final Vm image;
  private final Set<Long> mapped = ConcurrentHashMap.newKeySet();
  private final PhysicalMemory memory;

  @AfterEach
  void close() {
    memory.close();
    image.close();
  }

  ProcessorSearchTest(GuestFiles guest) {
    this.image = Vmi.open(guest.uri());
    this.memory = new PhysicalMemory(new Counting());
  }

  @Test
  void aRunningKernelIsFoundThroughItsProcessors() {
    Linux still = Linux.detect(image);
    Linux running = Linux.detect(new Running(processors(still, 0)));

    assertThat(mapped).hasSizeLessThan(allWindows() / 2);
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
        ProcessorSearch.find(new Running(processors(still, 0)), Progress.NONE);

    assertThat(mapped).hasSizeLessThan(allWindows() / 2);
    assertThat(found).isPresent();
    assertThat(found.get().info().text("OSRELEASE")).hasValue(still.kernel().release());
  }

  /** With page-table isolation it is in tables that show hardly anything of the kernel. */
  @Test
  void theKernelIsFoundFromAProcessorThatRunsAProgram() {
    Linux still = Linux.detect(image);
    boolean arm = still.kernel().architecture() == Architecture.AARCH64;

    assertThat(ProcessorSearch.find(new Running(processors(still, arm ? -2 : 1)), Progress.NONE))
        .isPresent();
  }

  @Test
  void withoutRegistersAllMemoryIsSearched() {
    Linux running = Linux.detect(new Running(List.of(DOWN)));
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
  private final class Running implements Vm {
    private final Vcpus processors;

    Running(List<RegisterValues> processors) {
      this.processors = Vcpus.recorded(processors);
    }

    @Override
    public String name() {
      return image.name();
    }

    @Override
    public String uri() {
      return image.uri();
    }

    @Override
    public String description() {
      return "a machine that runs";
    }

    @Override
    public boolean isLive() {
      return true;
    }

    @Override
    public Optional<Architecture> architecture() {
      return image.architecture();
    }

    @Override
    public PhysicalMemory physicalMemory() {
      return memory;
    }

    @Override
    public <C extends Capability> Optional<C> find(Class<C> type) {
      if (type == Pausing.class) {
        Pausing pausing =
            () -> {
              throw new VmiException("nobody has to pause it");
            };
        return Optional.of(type.cast(pausing));
      }
      return type == Vcpus.class ? Optional.of(type.cast(processors)) : Optional.empty();
    }

    @Override
    public void close() {}
  }

  /** Hands out the image's memory window by window, and notes which. */
  private final class Counting implements FrameSource {
    @Override
    public long end() {
      return image.physicalMemory().end();
    }

    @Override
    public Window map(long address) {
      mapped.add(address);
      List<Window.Extent> extents = new ArrayList<>();
      image
          .physicalMemory()
          .forEachExtent(
              address,
              address + Window.SIZE,
              (at, bytes) -> {
                ByteBuffer copy = ByteBuffer.allocateDirect(bytes.remaining());
                copy.put(bytes.duplicate()).flip();
                extents.add(new Window.Extent((int) (at - address), copy));
                return true;
              });
      return Window.of(extents);
    }

    @Override
    public String explain(long address) {
      return "the image does not have it";
    }

    @Override
    public void close() {}
  }
}
