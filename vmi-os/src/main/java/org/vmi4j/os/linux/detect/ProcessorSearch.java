package org.vmi4j.os.linux.detect;

import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.ProcessorTables;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.kallsyms.Kallsyms;

/**
 * Finds a kernel through its processors: their page tables map its image, the image holds its
 * symbols, and a symbol leads to VMCOREINFO. On a running machine this avoids mapping all memory:
 * the image occupies a few windows.
 */
final class ProcessorSearch {
  /** The maximum number of pages and holes examined to find the image, over all processors. */
  private static final int MAX_STEPS = 1 << 20;

  /** The maximum number of candidate images examined. */
  private static final int MAX_IMAGES = 8;

  private final Progress progress;
  private int steps = MAX_STEPS;
  private int images = MAX_IMAGES;

  private ProcessorSearch(Progress progress) {
    this.progress = progress;
  }

  /**
   * What was found.
   *
   * @param info the kernel's VMCOREINFO
   * @param symbols the kernel's symbols, as it runs
   */
  record Found(VmcoreInfo info, Symbols symbols) {}

  /** Walks the page tables of each processor until one leads to the kernel. */
  static Optional<Found> find(Vm vm, Progress progress) {
    ProcessorSearch search = new ProcessorSearch(progress);
    return vm.architecture()
        .flatMap(LinuxArch::of)
        .flatMap(
            arch ->
                ProcessorTables.of(vm, arch).stream()
                    .flatMap(tables -> search.in(arch, tables).stream())
                    .findFirst());
  }

  private Optional<Found> in(LinuxArch arch, ProcessorTables tables) {
    ImageSearch search = new ImageSearch(tables, steps);
    Optional<Found> found = Optional.empty();
    OptionalLong image = search.next();
    while (found.isEmpty() && image.isPresent() && images > 0) {
      images--;
      found = at(arch, tables.space(), image.getAsLong());
      image = found.isEmpty() ? search.next() : image;
    }
    steps -= search.steps();
    return found;
  }

  private Optional<Found> at(LinuxArch arch, AddressSpace space, long image) {
    try {
      return new KernelImage(arch, space, image)
          .kallsyms(progress)
          .map(tables -> Kallsyms.decode(space, tables))
          .flatMap(
              symbols ->
                  new VmcoreInfoPointer(space, symbols)
                      .follow()
                      .map(info -> new Found(info, symbols)));
    } catch (MemoryFault | ProfileException notReadable) {
      // The search of all memory may still find it.
      return Optional.empty();
    }
  }
}
