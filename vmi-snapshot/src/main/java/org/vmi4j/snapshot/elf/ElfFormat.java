package org.vmi4j.snapshot.elf;

import java.io.IOException;
import org.vmi4j.api.elf.ElfHeader;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.ImageFormat;

/** ELF files, of which the cores of whole machines are images. */
public final class ElfFormat implements ImageFormat {

  @Override
  public boolean recognises(ImageFile file) throws IOException {
    return file.hasMagic(ElfHeader.MAGIC);
  }

  @Override
  public Image open(ImageFile file) throws IOException {
    return ElfCoreReader.read(file);
  }
}
