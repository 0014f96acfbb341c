package org.vmi4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.elf.ElfFormat;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.ImageFormat;
import org.vmi4j.snapshot.lime.LimeFormat;
import org.vmi4j.snapshot.raw.RawFormat;
import org.vmi4j.snapshot.xencore.XenCoreFormat;

/** The formats of images. The first one that recognises a file reads it. */
final class ImageFormats {
  private static final int LEAST = 512;

  /** A Xen core is an ELF file, too, and any file may be a raw image. */
  private static final List<ImageFormat> ALL =
      List.of(new XenCoreFormat(), new ElfFormat(), new LimeFormat(), new RawFormat());

  private ImageFormats() {}

  static Image read(ImageFile file) throws IOException {
    refuse(file);
    for (ImageFormat format : ALL) {
      if (format.recognises(file)) {
        if (format.describesLayout() && !file.holes().isEmpty()) {
          throw new VmiException(
              file.path() + " already describes its memory layout; remove ?hole=");
        }
        return format.open(file);
      }
    }
    throw new IllegalStateException("every file may be a raw image");
  }

  /** Refuses what is no image, or one that is not supported. */
  private static void refuse(ImageFile file) throws IOException {
    ByteBuffer head = file.head();
    if (head.limit() == 0) {
      throw new VmiException(file.path() + " is empty; dump the machine's memory again");
    }
    String text = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
    if (text.startsWith("KDUMP   ") || text.startsWith("makedumpfile")) {
      throw new VmiException(
          file.path()
              + " is a kdump-compressed dump, which is not supported; dump without compression"
              + " (virsh dump --memory-only --format elf, or dump-guest-memory in QEMU's monitor)");
    }
    if (text.startsWith("PAGEDU")) {
      throw new VmiException(
          file.path()
              + " is a Windows crash dump, which is not supported; take the memory of the machine"
              + " from outside as an ELF core or a raw image");
    }
    if (text.chars().allMatch(c -> c >= ' ' && c < 127 || c == '\n' || c == '\r' || c == '\t')) {
      throw new VmiException(
          file.path() + " is a text file, not a memory image; name a memory dump");
    }
    if (head.limit() < LEAST) {
      throw new VmiException(
          file.path()
              + " has "
              + head.limit()
              + " bytes: too few for a memory image; dump it again");
    }
  }
}
