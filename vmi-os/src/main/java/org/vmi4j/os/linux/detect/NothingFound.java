package org.vmi4j.os.linux.detect;

import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.Vm;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.KernelNotFoundException;

/**
 * Creates the error for a guest in which no kernel was found: what it seems to be, and what to do.
 */
final class NothingFound {
  private static final int BANNER = 200;

  private NothingFound() {}

  static KernelNotFoundException explain(Vm vm) {
    Optional<String> banner = banner(vm.physicalMemory());
    if (banner.isPresent()) {
      return new KernelNotFoundException(
          vm.uri()
              + " holds a Linux kernel without VMCOREINFO, whose banner is\n  "
              + banner.get()
              + "\nsupply the Rekall or Volatility ISF profile of exactly this kernel",
          Remedy.PROFILE);
    }
    if (contains(vm.physicalMemory(), "ntkrnlmp.pdb")
        || contains(vm.physicalMemory(), "ntoskrnl.exe")) {
      return new KernelNotFoundException(
          vm.uri() + " is a Windows guest; only Linux guests are supported");
    }
    return new KernelNotFoundException(
        "no supported operating system was found in "
            + vm.uri()
            + ": neither VMCOREINFO nor a Linux banner is in its memory",
        vm.isLive() ? new Remedy[0] : new Remedy[] {Remedy.MEMORY_HOLE});
  }

  static String bannerHint(PhysicalMemory memory) {
    return banner(memory).map(text -> "; its banner is\n  " + text).orElse("");
  }

  private static Optional<String> banner(PhysicalMemory memory) {
    String[] found = new String[1];
    BytePattern.ofText("Linux version ")
        .search(
            memory,
            0,
            memory.end(),
            Progress.NONE,
            address -> {
              byte[] bytes = new byte[BANNER];
              int length = memory.readAvailable(address, bytes, 0, BANNER);
              String text =
                  new String(bytes, 0, length, java.nio.charset.StandardCharsets.ISO_8859_1);
              // The kernel's own banner, not its format string and not a copy in a log.
              if (text.matches("(?s)Linux version \\d+\\.\\d+\\S* \\(.*")) {
                found[0] = text.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}.*", "");
              }
              return found[0] == null;
            });
    return Optional.ofNullable(found[0]);
  }

  private static boolean contains(PhysicalMemory memory, String text) {
    boolean[] found = new boolean[1];
    BytePattern.ofText(text)
        .search(
            memory,
            0,
            memory.end(),
            Progress.NONE,
            address -> {
              found[0] = true;
              return false;
            });
    return found[0];
  }
}
