package org.vmi4j.snapshot.raw;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.image.Hole;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.ImageFormat;
import org.vmi4j.snapshot.image.Segment;

/**
 * A raw image: memory and nothing else. Below the hole that a PC keeps for devices under 4 GiB the
 * place in the file is the physical address. What is above it either leaves the hole out, as the
 * file behind QEMU's memory does, or carries it as zeros, as a dump by address does.
 */
public final class RawFormat implements ImageFormat {
  private static final long FOUR_GIB = 1L << 32;

  /** QEMU's pc machine splits memory here when it has 3.5 GiB or more (hw/i386/pc_piix.c). */
  private static final long PC_HOLE = 0xc000_0000L;

  private static final long PC_SPLITS_FROM = 0xe000_0000L;

  /** QEMU's q35 machine splits here when it has 2.75 GiB or more (hw/i386/pc_q35.c). */
  private static final long Q35_HOLE = 0x8000_0000L;

  private static final long Q35_SPLITS_FROM = 0xb000_0000L;
  private static final int FIRMWARE = 1 << 20;
  private static final int PAGE = 4096;
  private static final int SAMPLES = 4096;

  /** Any file may be one. */
  @Override
  public boolean recognises(ImageFile file) {
    return true;
  }

  @Override
  public boolean describesLayout() {
    return false;
  }

  @Override
  public Image open(ImageFile file) throws IOException {
    long size = file.size();
    List<Hole> holes = file.holes().isEmpty() ? guess(file) : file.holes();
    List<Segment> segments = new ArrayList<>();
    long offset = 0;
    long address = 0;
    for (Hole hole : holes) {
      long length = hole.start() - address;
      if (length > size - offset) {
        throw new VmiException(
            file.path()
                + " ends before the hole at 0x"
                + Long.toHexString(hole.start())
                + "; give the hole of the machine that it was taken from, or none");
      }
      segments.add(new Segment(address, length, offset));
      offset += length;
      address = hole.end();
    }
    segments.add(new Segment(address, size - offset, offset));
    return Image.checked("raw image", Optional.empty(), segments, List.of(), size);
  }

  private static List<Hole> guess(ImageFile file) throws IOException {
    long size = file.size();
    boolean q35 = size >= Q35_SPLITS_FROM && isQ35(file);
    long hole = q35 ? Q35_HOLE : PC_HOLE;
    boolean large = size >= (q35 ? Q35_SPLITS_FROM : PC_SPLITS_FROM);
    return !large || size > FOUR_GIB && isZero(file, hole)
        ? List.of()
        : List.of(new Hole(hole, FOUR_GIB));
  }

  /** The firmware's tables below 1 MiB name the machine. */
  private static boolean isQ35(ImageFile file) throws IOException {
    ByteBuffer low = file.bytes(0, FIRMWARE);
    return StandardCharsets.ISO_8859_1.decode(low).toString().contains("Q35 + ICH9");
  }

  /** Samples pages between the hole and 4 GiB. */
  private static boolean isZero(ImageFile file, long from) throws IOException {
    long step = (FOUR_GIB - from) / SAMPLES;
    for (long at = from; at < FOUR_GIB; at += step) {
      ByteBuffer page = file.bytes(at, PAGE);
      while (page.hasRemaining()) {
        if (page.getLong() != 0) {
          return false;
        }
      }
    }
    return true;
  }
}
