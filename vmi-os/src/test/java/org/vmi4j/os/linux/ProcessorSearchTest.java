package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.memory.FrameSource;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.memory.Window;

/** The kernel of a machine that runs is found without mapping all of its memory. */
class ProcessorSearchTest {
  private final Vm image = Vmi.open(GuestFiles.bundled().uri());
  private final Set<Long> mapped = ConcurrentHashMap.newKeySet();
  private final PhysicalMemory memory = new PhysicalMemory(new Counting());

  @AfterEach
  void close() {
    memory.close();
    image.close();
  }

  @Test
  void aRunningKernelIsFoundThroughItsProcessors() {
    Linux still = Linux.detect(image);
    Linux running = Linux.detect(new Running(true));

    assertThat(mapped).hasSizeLessThan(allWindows() * 3 / 4);
    assertThat(running.kernel().banner()).isEqualTo(still.kernel().banner());
    assertThat(running.kernel().virtualOffset()).isEqualTo(still.kernel().virtualOffset());
    assertThat(running.kernel().space().root()).isEqualTo(still.kernel().space().root());
    assertThat(running.kernel().profile().symbols().count())
        .isEqualTo(still.kernel().profile().symbols().count());
    assertThat(running.processes().stream().map(LinuxProcess::toString))
        .containsExactlyElementsOf(still.processes().stream().map(LinuxProcess::toString).toList());
  }

  @Test
  void withoutRegistersAllMemoryIsSearched() {
    Linux running = Linux.detect(new Running(false));
    assertThat(running.kernel().banner()).startsWith("Linux version ");
  }

  private int allWindows() {
    int[] windows = new int[1];
    image.memory().forEachExtent(0, image.memory().end(), (address, bytes) -> windows[0]++);
    return windows[0];
  }

  /** The image as a machine that runs, with or without its registers. */
  private final class Running implements Vm {
    private final boolean registers;

    Running(boolean registers) {
      this.registers = registers;
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
    public Optional<Architecture> architecture() {
      return image.architecture();
    }

    @Override
    public PhysicalMemory memory() {
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
      return registers ? image.find(type) : Optional.empty();
    }

    @Override
    public void close() {}
  }

  /** Hands out the image's memory window by window, and notes which. */
  private final class Counting implements FrameSource {
    @Override
    public long end() {
      return image.memory().end();
    }

    @Override
    public Window map(long address) {
      mapped.add(address);
      List<Window.Extent> extents = new ArrayList<>();
      image
          .memory()
          .forEachExtent(
              address,
              address + Window.SIZE,
              (at, bytes) -> {
                ByteBuffer copy = ByteBuffer.allocateDirect(bytes.remaining());
                copy.put(bytes.duplicate()).flip();
                extents.add(new Window.Extent((int) (at - address), copy));
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
