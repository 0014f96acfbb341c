package org.vmi4j.api.dump;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A note in an ELF core: System V ABI, chapter 5, "Note Section".
 *
 * @param name who defined the note
 * @param type what it is, among the notes of that name
 * @param content its content, from position 0 to the limit
 */
public record CoreNote(String name, int type, ByteBuffer content) {
  private static final int HEAD = 12;

  /** The name and the content are padded to four bytes each, in 64-bit files too. */
  int size() {
    return HEAD + padded(name.length() + 1) + padded(content.limit());
  }

  void put(ByteBuffer into) {
    int start = into.position();
    into.putInt(name.length() + 1).putInt(content.limit()).putInt(type);
    into.put(name.getBytes(StandardCharsets.US_ASCII));
    into.position(start + HEAD + padded(name.length() + 1));
    into.put(content.duplicate().rewind());
    into.position(start + size());
  }

  private static int padded(int size) {
    return size + 3 & ~3;
  }

  /** An empty content to be filled in. */
  static ByteBuffer content(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
