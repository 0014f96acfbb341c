package org.vmi4j.os.linux.detect;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.SymbolsBuilder;
import org.vmi4j.profiles.Types;
import org.vmi4j.profiles.btf.Btf;
import org.vmi4j.profiles.kallsyms.Kallsyms;
import org.vmi4j.profiles.kallsyms.KallsymsTables;

/** The profile that a kernel carries with it: its symbols from kallsyms and its types from BTF. */
final class OwnProfile {
  private static final int MAX_BTF = 64 << 20;

  private final VmcoreInfo info;
  private final AddressSpace space;
  private final Progress progress;
  private final KernelImage image;

  OwnProfile(LinuxArch arch, VmcoreInfo info, AddressSpace space, Progress progress) {
    this.progress = progress;
    this.info = info;
    this.space = space;
    this.image = new KernelImage(arch, space, arch.imageStart(info));
  }

  /**
   * Reads both.
   *
   * @param known the symbols, when they have been read already
   * @param evidence receives a description of each finding
   */
  Profile read(Optional<Symbols> known, List<String> evidence) {
    Symbols symbols = known.orElseGet(this::symbols);
    evidence.add("kallsyms with " + symbols.count() + " symbols");
    Types types = types(symbols);
    evidence.add("BTF");
    return Profile.of(
        "BTF and kallsyms in guest memory", types, completed(symbols, types), space.pointerSize());
  }

  private Symbols symbols() {
    try {
      KallsymsTables tables =
          noted()
              .or(() -> image.kallsyms(progress))
              .orElseThrow(
                  () ->
                      needsProfile(
                          "its symbol table was not found (was it built without CONFIG_KALLSYMS?)"));
      return Kallsyms.decode(space, tables);
    } catch (ProfileException | MemoryFault e) {
      throw new VmiException(
          "the guest's own symbol table cannot be read: "
              + e.getMessage()
              + "; supply a profile of its kernel",
          e,
          Remedy.PROFILE);
    }
  }

  /** Returns the tables that VMCOREINFO names, as it does since Linux 6.0. */
  private Optional<KallsymsTables> noted() {
    OptionalLong names = info.symbol("kallsyms_names");
    OptionalLong count = info.symbol("kallsyms_num_syms");
    OptionalLong tokens = info.symbol("kallsyms_token_table");
    OptionalLong index = info.symbol("kallsyms_token_index");
    Optional<KallsymsTables.Addresses> addresses = notedAddresses();
    boolean all =
        names.isPresent()
            && count.isPresent()
            && tokens.isPresent()
            && index.isPresent()
            && addresses.isPresent();
    return all
        ? Optional.of(
            new KallsymsTables(
                count.getAsLong(),
                names.getAsLong(),
                tokens.getAsLong(),
                index.getAsLong(),
                addresses.get()))
        : Optional.empty();
  }

  /**
   * Before Linux 7.0 offsets are relative to a base; since then each is relative to its own entry.
   */
  private Optional<KallsymsTables.Addresses> notedAddresses() {
    OptionalLong base = info.symbol("kallsyms_relative_base");
    OptionalLong offsets = info.symbol("kallsyms_offsets");
    OptionalLong whole = info.symbol("kallsyms_addresses");
    if (offsets.isPresent()) {
      return Optional.of(
          base.isPresent()
              ? new KallsymsTables.Relative(
                  offsets.getAsLong(), base.getAsLong(), space.pointerSize())
              : new KallsymsTables.PlaceRelative(offsets.getAsLong(), space.pointerSize()));
    }
    return whole.isPresent()
        ? Optional.of(new KallsymsTables.Absolute(whole.getAsLong(), space.pointerSize()))
        : Optional.empty();
  }

  private Types types(Symbols symbols) {
    OptionalLong start = symbols.address("__start_BTF");
    OptionalLong stop = symbols.address("__stop_BTF");
    Optional<KernelImage.Range> range =
        start.isPresent() && stop.isPresent()
            ? Optional.of(
                new KernelImage.Range(start.getAsLong(), stop.getAsLong() - start.getAsLong()))
            : image.btf();
    KernelImage.Range btf =
        range.orElseThrow(() -> needsProfile("it was built without BTF (CONFIG_DEBUG_INFO_BTF)"));
    if (btf.length() <= 0 || btf.length() > MAX_BTF) {
      throw needsProfile("its BTF would be " + btf.length() + " bytes long");
    }
    try {
      return Btf.read(
          "BTF in guest memory", space.readBytes(btf.start(), Math.toIntExact(btf.length())));
    } catch (ProfileException | MemoryFault e) {
      throw new VmiException(
          "the guest's BTF cannot be read: " + e.getMessage() + "; supply a profile of its kernel",
          e,
          Remedy.PROFILE);
    }
  }

  /**
   * Adds variables to the symbols of a kernel built without CONFIG_KALLSYMS_ALL, such as Debian's
   * for Arm, whose kallsyms has functions only. VMCOREINFO names some variables; the few others
   * that are needed are recognised by content.
   */
  private Symbols completed(Symbols symbols, Types types) {
    if (symbols.address("init_task").isPresent()) {
      return symbols;
    }
    SymbolsBuilder all = new SymbolsBuilder(symbols.count() + 64);
    symbols.all().forEach(symbol -> all.add(symbol.name(), symbol.address(), symbol.kind()));
    info.symbols().forEach(all::add);
    Map<String, OptionalLong> found =
        Map.of(
            "init_task", image.initTask(types),
            "modules", image.modules(types),
            "linux_banner", image.banner());
    found.forEach((name, address) -> address.ifPresent(at -> all.add(name, at)));
    return all.build();
  }

  private static VmiException needsProfile(String why) {
    return new VmiException(
        "cannot derive a profile from this kernel: "
            + why
            + "; supply its Rekall or Volatility ISF profile",
        Remedy.PROFILE);
  }
}
