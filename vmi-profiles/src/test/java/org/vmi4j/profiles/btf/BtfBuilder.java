package org.vmi4j.profiles.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes BTF by hand. Numbers of types count from the first that is added. */
final class BtfBuilder {
  private final ByteArrayOutputStream types = new ByteArrayOutputStream();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final int firstString;
  private int nextId;

  BtfBuilder() {
    this(1, 0);
    strings.write(0);
  }

  /** The BTF of a module: its numbers and strings go on where those of its base end. */
  BtfBuilder(int firstId, int firstString) {
    this.nextId = firstId;
    this.firstString = firstString;
  }

  int string(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    int offset = firstString + strings.size();
    strings.writeBytes((text + "\0").getBytes(StandardCharsets.UTF_8));
    return offset;
  }

  /** Adds a type and returns its number. */
  int add(String name, int kind, boolean flag, int entries, int sizeOrType, int... rest) {
    return addAt(string(name), kind, flag, entries, sizeOrType, rest);
  }

  int addAt(int name, int kind, boolean flag, int entries, int sizeOrType, int... rest) {
    write(name);
    write((flag ? 1 << 31 : 0) | kind << 24 | entries);
    write(sizeOrType);
    for (int word : rest) {
      write(word);
    }
    return nextId++;
  }

  int integer(String name, int size, boolean signed) {
    return add(name, Kinds.INT, false, 0, size, (signed ? 1 << 24 : 0) | 8 * size);
  }

  int alias(String name, int kind, int target) {
    return add(name, kind, false, 0, target);
  }

  int pointer(int target) {
    return add("", Kinds.PTR, false, 0, target);
  }

  int array(int element, int count) {
    return add("", Kinds.ARRAY, false, 0, 0, element, element, count);
  }

  /** Adds a structure of members, each a name, a type and a bit offset. */
  int struct(String name, int size, Object... members) {
    return aggregate(Kinds.STRUCT, false, name, size, members);
  }

  int aggregate(int kind, boolean bitSizes, String name, int size, Object... members) {
    int[] words = new int[members.length];
    for (int i = 0; i < members.length; i += 3) {
      words[i] = string((String) members[i]);
      words[i + 1] = (int) members[i + 1];
      words[i + 2] = (int) members[i + 2];
    }
    return add(name, kind, bitSizes, members.length / 3, size, words);
  }

  private void write(int word) {
    for (int shift = 0; shift < 32; shift += 8) {
      types.write(word >>> shift);
    }
  }

  int stringBytes() {
    return strings.size();
  }

  byte[] build() {
    ByteBuffer out =
        ByteBuffer.allocate(24 + types.size() + strings.size()).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
    out.putInt(0).putInt(types.size()).putInt(types.size()).putInt(strings.size());
    out.put(types.toByteArray()).put(strings.toByteArray());
    return out.array();
  }
}
