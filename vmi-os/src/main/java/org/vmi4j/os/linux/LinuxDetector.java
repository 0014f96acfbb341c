package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.Types;
import org.vmi4j.profiles.btf.Btf;
import org.vmi4j.profiles.kallsyms.Kallsyms;
import org.vmi4j.profiles.kallsyms.KallsymsFinder;
import org.vmi4j.profiles.kallsyms.KallsymsTables;

/**
 * Finds the Linux kernel of an x86-64 guest. VMCOREINFO tells where its page tables and its symbol
 * table are, the symbol table where its types are. A profile stands in for whatever is missing.
 */
final class LinuxDetector {
  /** Where an x86-64 kernel's image is mapped (Documentation/arch/x86/x86_64/mm.rst). */
  static final long KERNEL_MAP = 0xffff_ffff_8000_0000L;

  private static final int MAX_BTF = 64 << 20;
  private static final int MAX_BANNER = 512;
  private static final long MAX_KERNEL_IMAGE = 256 << 20;

  private final Vm vm;
  private final PhysicalMemory memory;
  private final Optional<Profile> given;
  private final Progress progress;

  LinuxDetector(Vm vm, Optional<Profile> given, Progress progress) {
    this.vm = vm;
    this.memory = vm.memory();
    this.given = given;
    this.progress = progress;
  }

  Kernel detect() {
    vm.architecture()
        .filter(architecture -> architecture != Architecture.X86_64)
        .ifPresent(
            other -> {
              throw new VmiException(
                  vm.uri() + " is a guest of " + other + "; Linux is understood on x86_64 only");
            });
    Optional<VmcoreInfo> info = VmcoreInfo.find(memory, progress);
    return info.isPresent() ? byVmcoreInfo(info.get()) : byProfile();
  }

  private Kernel byVmcoreInfo(VmcoreInfo info) {
    long physicalBase = info.number("phys_base").orElseThrow(() -> incomplete("NUMBER(phys_base)"));
    OptionalLong table = info.symbol("init_top_pgt");
    long root =
        (table.isPresent() ? table : info.symbol("swapper_pg_dir"))
            .orElseThrow(() -> incomplete("SYMBOL(init_top_pgt)"));
    boolean five = info.number("pgtable_l5_enabled").orElse(0) != 0;
    AddressSpace space =
        space(five ? PagingMode.X86_64_LA57 : PagingMode.X86_64, root - KERNEL_MAP + physicalBase);
    List<String> evidence = new ArrayList<>();
    evidence.add("VMCOREINFO at physical address 0x" + Long.toHexString(info.address()));
    Profile profile = profile(info, space, evidence);
    String release = info.text("OSRELEASE").orElse("unknown");
    String banner = banner(space, profile).orElse("Linux version " + release);
    refuseOther(banner);
    return new Kernel(
        Architecture.X86_64,
        release,
        banner,
        info.text("BUILD-ID"),
        info.kernelOffset(),
        physicalBase + info.kernelOffset(),
        space,
        profile,
        String.join(", ", evidence));
  }

  private VmiException incomplete(String key) {
    return new VmiException(
        "the guest's VMCOREINFO lacks "
            + key
            + "; it is damaged, or of a kernel older than 4.10 or of another architecture");
  }

  private AddressSpace space(PagingMode mode, long root) {
    return AddressSpace.of(memory, mode, root).with(LinuxSoftwareEntries.X86_64);
  }

  /** The profile that was given, moved to where the kernel is; else the kernel's own. */
  private Profile profile(VmcoreInfo info, AddressSpace space, List<String> evidence) {
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
    Symbols symbols = symbols(info, space);
    evidence.add("kallsyms with " + symbols.count() + " symbols");
    Types types = types(space, symbols);
    evidence.add("BTF");
    Profile found = Profile.of("BTF and kallsyms in guest memory", types, symbols, Long.BYTES);
    return banner(space, symbols).map(found::withBanner).orElse(found);
  }

  private Symbols symbols(VmcoreInfo info, AddressSpace space) {
    KallsymsTables tables =
        told(info)
            .or(() -> searched(info, space))
            .orElseThrow(
                () ->
                    needsProfile(
                        "its symbol table was not found (was it built without CONFIG_KALLSYMS?)"));
    try {
      return Kallsyms.decode(space, tables);
    } catch (ProfileException | MemoryFault e) {
      throw new VmiException(
          "the guest's own symbol table cannot be read: "
              + e.getMessage()
              + "; give a profile of its kernel with --profile",
          e);
    }
  }

  /** Since Linux 6.0 VMCOREINFO tells where kallsyms is. */
  private static Optional<KallsymsTables> told(VmcoreInfo info) {
    OptionalLong base = info.symbol("kallsyms_relative_base");
    OptionalLong values =
        base.isPresent() ? info.symbol("kallsyms_offsets") : info.symbol("kallsyms_addresses");
    OptionalLong names = info.symbol("kallsyms_names");
    OptionalLong count = info.symbol("kallsyms_num_syms");
    OptionalLong tokens = info.symbol("kallsyms_token_table");
    OptionalLong index = info.symbol("kallsyms_token_index");
    boolean all =
        values.isPresent()
            && names.isPresent()
            && count.isPresent()
            && tokens.isPresent()
            && index.isPresent();
    return all
        ? Optional.of(
            new KallsymsTables(
                count.getAsLong(),
                names.getAsLong(),
                tokens.getAsLong(),
                index.getAsLong(),
                base.isPresent()
                    ? new KallsymsTables.Relative(values.getAsLong(), base.getAsLong(), Long.BYTES)
                    : new KallsymsTables.Absolute(values.getAsLong(), Long.BYTES)))
        : Optional.empty();
  }

  /** Before, the tables are recognised by their shape, from the start of the kernel's code on. */
  private static Optional<KallsymsTables> searched(VmcoreInfo info, AddressSpace space) {
    long start = info.symbol("_stext").orElse(KERNEL_MAP + info.kernelOffset());
    return KallsymsFinder.find(space, start, MAX_KERNEL_IMAGE, Long.BYTES);
  }

  private Types types(AddressSpace space, Symbols symbols) {
    OptionalLong start = symbols.address("__start_BTF");
    OptionalLong stop = symbols.address("__stop_BTF");
    if (start.isEmpty() || stop.isEmpty()) {
      throw needsProfile("it was built without BTF (CONFIG_DEBUG_INFO_BTF)");
    }
    long length = stop.getAsLong() - start.getAsLong();
    if (length <= 0 || length > MAX_BTF) {
      throw needsProfile("its BTF would be " + length + " bytes long");
    }
    try {
      return Btf.read("BTF in guest memory", space.readBytes(start.getAsLong(), (int) length));
    } catch (ProfileException | MemoryFault e) {
      throw new VmiException(
          "the guest's BTF cannot be read: "
              + e.getMessage()
              + "; give a profile of its kernel with --profile",
          e);
    }
  }

  private VmiException needsProfile(String why) {
    return new VmiException(
        "this kernel does not say enough of itself: "
            + why
            + "; give its Rekall or Volatility ISF profile with --profile FILE");
  }

  private static Optional<String> banner(AddressSpace space, Profile profile) {
    return banner(space, profile.symbols());
  }

  private static Optional<String> banner(AddressSpace space, Symbols symbols) {
    OptionalLong address = symbols.address("linux_banner");
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

  /** A profile of another kernel gives wrong answers to everything: refused, with both shown. */
  private void refuseOther(String banner) {
    Optional<String> wanted = given.flatMap(Profile::banner);
    if (wanted.isPresent() && !wanted.get().equals(banner)) {
      throw new VmiException(
          "the profile is for another kernel:\n  profile: "
              + wanted.get()
              + "\n  guest:   "
              + banner);
    }
  }

  private Kernel byProfile() {
    if (given.isEmpty()) {
      throw new VmiException(NothingFound.explain(vm));
    }
    Profile profile = given.get();
    KernelSearch.Found found =
        new KernelSearch(memory, profile, progress)
            .find()
            .orElseThrow(
                () ->
                    new VmiException(
                        "no kernel of the profile ("
                            + profile.origin()
                            + ") was found in "
                            + vm.uri()
                            + "; it is the profile of another kernel, or memory is incomplete"
                            + NothingFound.bannerHint(memory)));
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
