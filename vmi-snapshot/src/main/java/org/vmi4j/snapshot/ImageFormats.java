package org.vmi4j.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.elf.ElfHeader;

/** Detects the format of an image by its first bytes, and reads its header. */
final class ImageFormats {
  private static final int SNIFF = 512;
  private static final int LIME_MAGIC = 0x4c694d45;

  private ImageFormats() {}

  static Image read(FileChannel file, ImageUri uri) throws IOException {
    ByteBuffer head = bytes(file, 0, (int) Math.min(SNIFF, file.size()));
    refuse(head, uri);
    int magic = head.getInt(0);
    if (magic != ElfHeader.MAGIC && magic != LIME_MAGIC) {
      return RawImage.read(file, uri);
    }
    if (!uri.holes().isEmpty()) {
      throw new VmiException(uri.path() + " already describes its memory layout; remove ?hole=");
    }
    return magic == ElfHeader.MAGIC ? ElfImage.read(file) : LimeImage.read(file);
  }

  private static void refuse(ByteBuffer head, ImageUri uri) {
    if (head.limit() == 0) {
      throw new VmiException(uri.path() + " is empty; dump the machine's memory again");
    }
    String text = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
    if (text.startsWith("KDUMP   ") || text.startsWith("makedumpfile")) {
      throw new VmiException(
          uri.path()
              + " is a kdump-compressed dump, which is not supported; dump without compression"
              + " (virsh dump --memory-only --format elf, or dump-guest-memory in QEMU's monitor)");
    }
    if (text.startsWith("PAGEDU")) {
      throw new VmiException(
          uri.path()
              + " is a Windows crash dump, which is not supported; take the memory of the machine"
              + " from outside as an ELF core or a raw image");
    }
    if (text.chars().allMatch(c -> c >= ' ' && c < 127 || c == '\n' || c == '\r' || c == '\t')) {
      throw new VmiException(
          uri.path() + " is a text file, not a memory image; name a memory dump");
    }
    if (head.limit() < SNIFF) {
      throw new VmiException(
          uri.path()
              + " has "
              + head.limit()
              + " bytes: too few for a memory image; dump it again");
    }
  }

  /** Reads bytes of the file, which must have them. */
  static ByteBuffer bytes(FileChannel file, long offset, int length) throws IOException {
    if (offset < 0 || offset > file.size() - length) {
      throw truncated(file, offset, length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw truncated(file, offset, length);
      }
    }
    return bytes.flip();
  }

  private static VmiException truncated(FileChannel file, long offset, int length)
      throws IOException {
    return new VmiException(
        String.format(
            Locale.ROOT,
            "the image is truncated or damaged: it wants %d bytes at byte 0x%x of the file, which"
                + " ends at 0x%x; copy or dump it again",
            length,
            offset,
            file.size()));
  }
}
