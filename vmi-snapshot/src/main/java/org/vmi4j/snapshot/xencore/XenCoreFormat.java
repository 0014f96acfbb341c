package org.vmi4j.snapshot.xencore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.elf.ElfClass;
import org.vmi4j.api.elf.ElfHeader;
import org.vmi4j.api.elf.ElfMachine;
import org.vmi4j.snapshot.elf.ElfSection;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.ImageFormat;

/** The cores of {@code xl dump-core}: ELF files that have sections and no program headers. */
public final class XenCoreFormat implements ImageFormat {
  static final String NOTES = ".note.Xen";

  @Override
  public boolean recognises(ImageFile file) throws IOException {
    Optional<ElfHeader> header = header(file);
    return header.isPresent() && ElfSection.of(file, header.get()).containsKey(NOTES);
  }

  @Override
  public Image open(ImageFile file) throws IOException {
    ElfHeader header = header(file).orElseThrow();
    Map<String, ElfSection> sections = ElfSection.of(file, header);
    return XenCoreReader.read(file, sections, ElfMachine.architecture(header.machine()));
  }

  /** Returns the header of a file that may be such a core. */
  private static Optional<ElfHeader> header(ImageFile file) throws IOException {
    if (!file.hasMagic(ElfHeader.MAGIC)) {
      return Optional.empty();
    }
    ByteBuffer bytes = file.head();
    boolean fits =
        ElfHeader.isLittleEndian(bytes)
            && ElfHeader.classOf(bytes).filter(ElfClass.BITS_64::equals).isPresent();
    return fits
        ? Optional.of(ElfHeader.read(bytes, ElfClass.BITS_64))
            .filter(header -> header.type() == ElfHeader.CORE)
            .filter(header -> header.programHeaders().count() == 0)
        : Optional.empty();
  }
}
