package org.vmi4j.os.linux.detect;

import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.linux.arch.A64Loads;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;
import org.vmi4j.profiles.Symbols;

/**
 * Follows a kernel's own pointer to VMCOREINFO, which occupies a page of its own: the variable
 * {@code vmcoreinfo_data} of kernel/crash_core.c, since Linux 6.9 of kernel/vmcore_info.c. A kernel
 * built without CONFIG_KALLSYMS_ALL, such as Debian's for arm64, has symbols of functions only.
 * There the pointer to the note with the same text is taken from the code of {@code
 * paddr_vmcoreinfo_note}.
 */
final class VmcoreInfoPointer {
  /** The function is shorter than this; others follow it. */
  private static final int INSTRUCTIONS = 32;

  private final AddressSpace space;
  private final Symbols symbols;

  VmcoreInfoPointer(AddressSpace space, Symbols symbols) {
    this.space = space;
    this.symbols = symbols;
  }

  /** Returns VMCOREINFO, if the pointer leads to it. */
  Optional<VmcoreInfo> follow() {
    OptionalLong pointer = symbols.address("vmcoreinfo_data");
    if (pointer.isPresent()) {
      return VmcoreInfo.at(space, space.readPointer(pointer.getAsLong()));
    }
    return symbols.address("paddr_vmcoreinfo_note").stream()
        .flatMap(function -> A64Loads.in(space, function, INSTRUCTIONS))
        .mapToObj(variable -> VmcoreInfo.at(space, space.readPointer(variable)))
        .flatMap(Optional::stream)
        .findFirst();
  }
}
