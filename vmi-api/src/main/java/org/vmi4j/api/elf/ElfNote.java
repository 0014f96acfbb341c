package org.vmi4j.api.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A note in an ELF file: System V ABI, chapter 5, "Note Section". The name and the content are
 * padded to four bytes each, in 64-bit files too.
 *
 * @param name who defined the note
 * @param type what it is, among the notes of that name
 * @param content its content, from index 0 to the limit
 */
public record ElfNote(String name, int type, ByteBuffer content) {
  private static final int HEAD = 12;

  /** Creates an empty content to be filled in, little-endian. */
  public static ByteBuffer content(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns whether it is a note of this name and type. */
  public boolean is(String otherName, int otherType) {
    return type == otherType && name.equals(otherName);
  }

  /** Returns the size in a file, in bytes. */
  public int size() {
    return (int) (HEAD + padded(name.length() + 1) + padded(content.limit()));
  }

  /** Writes it at the position of a buffer, and moves that behind it. */
  public void put(ByteBuffer into) {
    int start = into.position();
    into.putInt(name.length() + 1).putInt(content.limit()).putInt(type);
    into.put(name.getBytes(StandardCharsets.US_ASCII));
    into.position((int) (start + HEAD + padded(name.length() + 1)));
    into.put(content.duplicate().rewind());
    into.position(start + size());
  }

  /**
   * Reads notes one after the other, until one does not fit.
   *
   * @param notes the bytes of all, from index 0 to the limit, in the order of the file
   */
  public static void forEach(ByteBuffer notes, Consumer<ElfNote> visitor) {
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
      visitor.accept(new ElfNote(name(notes, at + HEAD, (int) nameSize), type, content));
      at = (int) next;
    }
  }

  private static String name(ByteBuffer notes, int at, int size) {
    byte[] bytes = new byte[Math.max(0, size - 1)];
    notes.get(at, bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static long padded(long size) {
    return size + 3 & ~3L;
  }
}
