package org.vmi4j.snapshot.xencore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.snapshot.elf.ElfSection;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.Segment;
import org.vmi4j.xenabi.XenGuestContext;

/**
 * The core of a domain that {@code xl dump-core} writes: an ELF file without program headers, whose
 * sections carry the pages, the table of their frames and the processors
 * (docs/misc/dump-core-format.txt of Xen).
 *
 * <p>The frames of a paravirtual guest are those of the machine, since that is what its page tables
 * hold.
 */
final class XenCoreReader {
  private static final int PAGE = 4096;

  /** The most processors that Xen gives a domain: MAX_VIRT_CPUS, xen/arch/x86. */
  private static final int MAX_VCPUS = 8192;

  /** Types of notes: public/elfnote.h. */
  private static final int HEADER = 0x2000001;

  private static final int FORMAT_VERSION = 0x2000003;

  /** Kinds of guests: XC_CORE_MAGIC and XC_CORE_MAGIC_HVM, xenctrl.h. */
  private static final long PARAVIRTUAL = 0xf00f_ebedL;

  private static final long HARDWARE_VIRTUAL = 0xf00f_ebeeL;

  private final ImageFile file;
  private final Map<String, ElfSection> sections;
  private final Architecture architecture;
  private ByteBuffer about;
  private long formatVersion;

  private XenCoreReader(
      ImageFile file, Map<String, ElfSection> sections, Optional<Architecture> architecture) {
    this.file = file;
    this.sections = sections;
    this.architecture = architecture.orElse(Architecture.X86_64);
  }

  static Image read(
      ImageFile file, Map<String, ElfSection> sections, Optional<Architecture> architecture)
      throws IOException {
    return new XenCoreReader(file, sections, architecture).image();
  }

  private Image image() throws IOException {
    ElfNote.forEach(section(XenCoreFormat.NOTES).content(file), this::note);
    if (about == null) {
      throw damaged("it has no header note");
    }
    if (formatVersion >>> 32 != 0) {
      throw new VmiException(
          "this Xen core is of version "
              + (formatVersion >>> 32)
              + " of its format, and only version 0 is known; take the memory another way");
    }
    long magic = about.getLong(0);
    if (magic != PARAVIRTUAL && magic != HARDWARE_VIRTUAL) {
      throw damaged("its guest is of the unknown kind 0x" + Long.toHexString(magic));
    }
    if (about.getLong(24) != PAGE) {
      throw new VmiException(
          "this Xen core has pages of " + about.getLong(24) + " bytes; only 4096 are supported");
    }
    boolean paravirtual = magic == PARAVIRTUAL;
    List<Segment> segments = segments();
    if (segments.isEmpty()) {
      throw new VmiException(
          "this Xen core holds no memory at all: on Arm, xl dump-core reads the wrong"
              + " addresses; dump the running domain",
          Remedy.RUNNING_MACHINE);
    }
    List<RegisterValues> vcpus = vcpus(paravirtual);
    Architecture known = vcpus.isEmpty() ? architecture : vcpus.get(0).architecture();
    String format = Image.described("Xen core", vcpus) + (paravirtual ? ", paravirtual" : "");
    return Image.checked(format, Optional.of(known), segments, vcpus, file.size())
        .withAddressing(paravirtual ? Addressing.MACHINE : Addressing.GUEST);
  }

  private void note(ElfNote note) {
    int size = note.content().limit();
    if (note.is("Xen", HEADER) && size >= 4 * Long.BYTES) {
      about = note.content();
    } else if (note.is("Xen", FORMAT_VERSION) && size >= Long.BYTES) {
      formatVersion = note.content().getLong(0);
    }
  }

  private ElfSection section(String name) {
    ElfSection section = sections.get(name);
    if (section == null) {
      throw damaged("it has no section " + name);
    }
    return section;
  }

  private List<Segment> segments() throws IOException {
    ElfSection pages = section(".xen_pages");
    pages.check(file);
    long count = about.getLong(16);
    if (count < 0 || count > pages.size() / PAGE) {
      throw damaged(
          "it should have "
              + Long.toUnsignedString(count)
              + " pages, and its section has room for "
              + pages.size() / PAGE);
    }
    return sections.containsKey(".xen_p2m")
        ? new XenFrames(file, section(".xen_p2m"), true).segments(count, pages.offset())
        : new XenFrames(file, section(".xen_pfn"), false).segments(count, pages.offset());
  }

  private List<RegisterValues> vcpus(boolean paravirtual) throws IOException {
    long count = about.getLong(8);
    if (count < 0 || count > MAX_VCPUS) {
      throw damaged("it should have " + Long.toUnsignedString(count) + " processors");
    }
    XenGuestContext layout =
        switch (architecture) {
          case X86 -> XenGuestContext.X86_32;
          case X86_64 -> XenGuestContext.X86_64;
          case AARCH64 -> XenGuestContext.AARCH64;
          case ARM -> XenGuestContext.AARCH32;
        };
    if (count == 0) {
      return List.of();
    }
    ByteBuffer records = section(".xen_prstatus").content(file);
    int size = (int) (records.limit() / count);
    if (size < layout.size()) {
      throw damaged("its processors have " + size + " bytes each, not " + layout.size());
    }
    List<ByteBuffer> each = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      each.add(records.slice(i * size, size));
    }
    List<RegisterValues> vcpus = read(layout, each, paravirtual);
    // A paravirtual guest of 32 bits has its own record in the room of one of 64 bits.
    boolean narrow =
        layout == XenGuestContext.X86_64
            && paravirtual
            && vcpus.stream().allMatch(cpu -> cpu.getOr(X86.CR0, 0) == 0);
    return narrow ? read(XenGuestContext.X86_32, each, true) : vcpus;
  }

  private static List<RegisterValues> read(
      XenGuestContext layout, List<ByteBuffer> records, boolean paravirtual) {
    return records.stream().map(record -> layout.read(record, paravirtual)).toList();
  }

  private static VmiException damaged(String how) {
    return new VmiException("this Xen core is damaged: " + how + "; dump it again");
  }
}
