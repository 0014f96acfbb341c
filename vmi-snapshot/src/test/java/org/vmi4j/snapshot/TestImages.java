package org.vmi4j.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;

/** Builds small memory images of every format, sane or not. */
public final class TestImages {
  static final int PAGE = 4096;
  static final int X86 = 3;
  static final int ARM = 40;
  static final int X86_64 = 62;
  static final int AARCH64 = 183;

  private TestImages() {}

  /** Memory that tells its place: each long holds its own address. */
  static byte[] memory(long address, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + Long.BYTES <= length; at += Long.BYTES) {
      bytes.putLong(at, address + at);
    }
    return bytes.array();
  }

  /** A program header, and what it stands for in the file. */
  record Entry(int type, long address, long offset, long size) {}

  /** An ELF file: put together by {@link #bytes}, which any part may be changed before. */
  static final class Elf {
    private final boolean wide;
    private final int machine;
    private final List<Entry> entries = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    int type = 4;
    int order = 1;
    int count = -1;
    int entrySize;
    long table;

    Elf(boolean wide, int machine) {
      this.wide = wide;
      this.machine = machine;
      this.entrySize = wide ? 56 : 32;
      this.table = wide ? 64 : 52;
    }

    Elf load(long address, int length) {
      return add(1, address, memory(address, length));
    }

    Elf notes(byte[] notes) {
      return add(4, 0, notes);
    }

    private Elf add(int type, long address, byte[] content) {
      entries.add(new Entry(type, address, PAGE + body.size(), content.length));
      body.writeBytes(content);
      return this;
    }

    /** A program header without content: it points where it likes. */
    Elf entry(int type, long address, long offset, long size) {
      entries.add(new Entry(type, address, offset, size));
      return this;
    }

    byte[] bytes() {
      ByteBuffer file =
          ByteBuffer.allocate(PAGE + body.size())
              .order(order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), (byte) order, 1});
      file.putShort(16, (short) type).putShort(18, (short) machine);
      if (wide) {
        file.putLong(32, table).putShort(54, (short) entrySize);
      } else {
        file.putInt(28, (int) table).putShort(42, (short) entrySize);
      }
      file.putShort(wide ? 56 : 44, (short) (count < 0 ? entries.size() : count));
      int at = wide ? 64 : 52;
      for (Entry entry : entries) {
        file.putInt(at, entry.type());
        if (wide) {
          file.putLong(at + 8, entry.offset()).putLong(at + 24, entry.address());
          file.putLong(at + 32, entry.size());
        } else {
          file.putInt(at + 4, (int) entry.offset()).putInt(at + 12, (int) entry.address());
          file.putInt(at + 16, (int) entry.size());
        }
        at += wide ? 56 : 32;
      }
      return file.position(PAGE).put(body.toByteArray()).array();
    }
  }

  /** A note as in an ELF file, name and content padded to four bytes. */
  static byte[] note(String name, int type, byte[] content) {
    byte[] label = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    int padded = label.length + 3 & ~3;
    return ByteBuffer.allocate(12 + padded + (content.length + 3 & ~3))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(label.length)
        .putInt(content.length)
        .putInt(type)
        .put(label)
        .position(12 + padded)
        .put(content)
        .array();
  }

  /** One range of a LiME image. */
  static byte[] lime(long first, long last, byte[] content) {
    return ByteBuffer.allocate(32 + content.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0x4c694d45)
        .putInt(1)
        .putLong(first)
        .putLong(last)
        .putLong(0)
        .put(content)
        .array();
  }

  static byte[] lime(long first, int length) {
    return lime(first, first + length - 1, memory(first, length));
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** Opens and closes an image that is to be refused. */
  public static void open(String uri) {
    try (Vm vm = Vmi.open(uri)) {
      vm.physicalMemory().isPresent(0);
    }
  }
}
