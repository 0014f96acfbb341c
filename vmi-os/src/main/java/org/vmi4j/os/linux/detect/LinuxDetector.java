package org.vmi4j.os.linux.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.os.DetectOptions;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.LinuxSoftwareEntries;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;
import org.vmi4j.profiles.Identity;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Symbols;

/**
 * Finds the Linux kernel of a guest. VMCOREINFO locates its page tables and its symbol table, and
 * the symbol table locates its types. On x86-64 a profile replaces whatever is missing.
 */
public final class LinuxDetector {
  private static final int MAX_BANNER = 512;

  private final Vm vm;
  private final PhysicalMemory memory;
  private final Optional<Profile> given;
  private final Progress progress;

  public LinuxDetector(Vm vm, DetectOptions options) {
    this.vm = vm;
    this.memory = vm.physicalMemory();
    this.given = options.profile();
    this.progress = options.progress();
  }

  public Kernel detect() {
    vm.architecture()
        .filter(architecture -> LinuxArch.of(architecture).isEmpty())
        .ifPresent(
            other -> {
              throw new KernelNotFoundException(
                  vm.uri()
                      + " runs on "
                      + other
                      + "; Linux is supported on "
                      + LinuxArch.names()
                      + " only");
            });
    // The processors' page tables lead to the kernel through a few windows of memory, however large
    // the guest is.
    Optional<ProcessorSearch.Found> found = ProcessorSearch.find(vm, progress);
    if (found.isPresent()) {
      return byVmcoreInfo(found.get().info(), Optional.of(found.get().symbols()));
    }
    Optional<VmcoreInfo> info = VmcoreInfo.find(memory, progress);
    return info.isPresent() ? byVmcoreInfo(info.get(), Optional.empty()) : byProfile();
  }

  private Kernel byVmcoreInfo(VmcoreInfo info, Optional<Symbols> symbols) {
    LinuxArch arch =
        vm.architecture()
            .flatMap(LinuxArch::of)
            .or(() -> LinuxArch.of(info))
            .orElseThrow(() -> incomplete("its architecture"));
    AddressSpace space =
        new KernelTables(vm, info, arch)
            .find()
            .orElseThrow(() -> incomplete("the address of its page tables"));
    List<String> evidence = new ArrayList<>();
    evidence.add("VMCOREINFO at physical address 0x" + Long.toHexString(info.address()));
    Profile profile = profile(arch, info, symbols, space, evidence);
    String release = info.text("OSRELEASE").orElse("unknown");
    String banner = banner(space, profile).orElse("Linux version " + release);
    refuseOther(banner);
    return new Kernel(
        arch.architecture(),
        release,
        banner,
        info.text("BUILD-ID"),
        info.kernelOffset(),
        arch.physicalOffset(info),
        space,
        profile,
        String.join(", ", evidence));
  }

  private static VmiException incomplete(String what) {
    return new VmiException(
        "the guest's VMCOREINFO lacks "
            + what
            + ", or does not lead to the kernel; it is damaged, or of a kernel older"
            + " than 4.10 or of another architecture");
  }

  private AddressSpace space(PagingMode mode, long root) {
    return AddressSpace.of(memory, mode, root).with(LinuxSoftwareEntries.X86_64);
  }

  /** Returns the supplied profile, relocated to the running kernel; otherwise the kernel's own. */
  private Profile profile(
      LinuxArch arch,
      VmcoreInfo info,
      Optional<Symbols> symbols,
      AddressSpace space,
      List<String> evidence) {
    if (given.isPresent()) {
      Profile profile = given.get();
      evidence.add("profile " + profile.origin());
      OptionalLong known = profile.symbols().address("init_uts_ns");
      OptionalLong running = info.symbol("init_uts_ns");
      long shift =
          known.isPresent() && running.isPresent()
              ? running.getAsLong() - known.getAsLong()
              : info.kernelOffset();
      return profile.withSymbols(profile.symbols().shifted(shift));
    }
    Profile found = new OwnProfile(arch, info, space, progress).read(symbols, evidence);
    return banner(space, found)
        .map(text -> found.withIdentity(new Identity.LinuxBanner(text)))
        .orElse(found);
  }

  private static Optional<String> banner(AddressSpace space, Profile profile) {
    OptionalLong address = profile.symbols().address("linux_banner");
    if (address.isEmpty()) {
      return Optional.empty();
    }
    try {
      String text = space.readString(address.getAsLong(), MAX_BANNER).strip();
      return text.startsWith("Linux version ") ? Optional.of(text) : Optional.empty();
    } catch (MemoryFault e) {
      return Optional.empty();
    }
  }

  /**
   * Rejects a profile of another kernel, since all its answers would be wrong; the error shows both
   * banners.
   */
  private void refuseOther(String banner) {
    Identity guest = new Identity.LinuxBanner(banner);
    Optional<Identity> wanted = given.flatMap(Profile::identity);
    if (wanted.isPresent() && !wanted.get().equals(guest)) {
      throw new VmiException(
          "the profile is for another kernel:\n  profile: "
              + wanted.get()
              + "\n  guest:   "
              + guest,
          Remedy.PROFILE);
    }
  }

  private Kernel byProfile() {
    if (given.isEmpty()) {
      throw NothingFound.explain(vm);
    }
    Profile profile = given.get();
    KernelSearch.Found found =
        new KernelSearch(memory, profile, progress)
            .find()
            .orElseThrow(
                () ->
                    new KernelNotFoundException(
                        "no kernel of the profile ("
                            + profile.origin()
                            + ") was found in "
                            + vm.uri()
                            + "; it is the profile of another kernel, or memory is incomplete"
                            + NothingFound.bannerHint(memory),
                        Remedy.PROFILE));
    AddressSpace space = space(found.mode(), found.root());
    Profile moved = profile.withSymbols(profile.symbols().shifted(found.virtualShift()));
    String banner = banner(space, moved).orElse("Linux version unknown");
    refuseOther(banner);
    String[] words = banner.split(" ", 4);
    return new Kernel(
        Architecture.X86_64,
        words.length > 2 ? words[2] : "unknown",
        banner,
        Optional.empty(),
        found.virtualShift(),
        found.physicalShift(),
        space,
        moved,
        "init_task at physical address 0x"
            + Long.toHexString(found.initTask())
            + ", profile "
            + profile.origin());
  }
}
