package org.vmi4j.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The notes of an ELF file, one after the other: System V ABI, chapter 5. */
final class ElfNotes {
  private static final int HEAD = 12;

  private ElfNotes() {}

  /** Takes one note. */
  @FunctionalInterface
  interface Visitor {
    void visit(String name, int type, ByteBuffer content);
  }

  /** Visits notes until one does not fit; names and contents are padded to four bytes each. */
  static void forEach(ByteBuffer notes, Visitor visitor) {
    int at = 0;
    while (at <= notes.limit() - HEAD) {
      long nameSize = notes.getInt(at) & 0xffff_ffffL;
      long size = notes.getInt(at + 4) & 0xffff_ffffL;
      int type = notes.getInt(at + 8);
      long body = at + HEAD + padded(nameSize);
      long next = body + padded(size);
      if (next > notes.limit()) {
        return;
      }
      ByteBuffer content = notes.slice((int) body, (int) size).order(notes.order());
      visitor.visit(name(notes, at + HEAD, (int) nameSize), type, content);
      at = (int) next;
    }
  }

  private static long padded(long size) {
    return size + 3 & ~3L;
  }

  private static String name(ByteBuffer notes, int at, int size) {
    byte[] bytes = new byte[Math.max(0, size - 1)];
    notes.get(at, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
