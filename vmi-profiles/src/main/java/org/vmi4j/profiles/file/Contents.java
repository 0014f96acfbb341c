package org.vmi4j.profiles.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Describes the first bytes of a file. */
final class Contents {
  private static final int MAX_SPACE = 1 << 16;

  private Contents() {}

  /** Returns the first bytes after a byte-order mark and white space. */
  static byte[] start(InputStream in, int length) throws IOException {
    int first = in.read();
    if (first == 0xef) {
      int second = in.read();
      int third = in.read();
      if (second != 0xbb || third != 0xbf) {
        return new byte[] {(byte) first, (byte) second, (byte) third};
      }
      first = in.read();
    }
    for (int space = 0; isSpace(first) && space < MAX_SPACE; space++) {
      first = in.read();
    }
    if (first < 0) {
      return new byte[0];
    }
    byte[] rest = in.readNBytes(length - 1);
    byte[] start = new byte[rest.length + 1];
    start[0] = (byte) first;
    System.arraycopy(rest, 0, start, 1, rest.length);
    return start;
  }

  private static boolean isSpace(int value) {
    return value == ' ' || value == '\t' || value == '\n' || value == '\r';
  }

  static boolean isJsonObject(byte[] start) {
    return start.length > 0 && start[0] == '{' && !(start.length > 1 && start[1] == 0);
  }

  static boolean isBtf(byte[] start) {
    return start.length > 3 && start[0] == (byte) 0x9f && start[1] == (byte) 0xeb && start[2] == 1;
  }

  static String describe(byte[] start) {
    if (start.length == 0) {
      return "is empty";
    }
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u007fELF")) {
      return "is an ELF file, a kernel or a memory image and no profile";
    }
    if (text.startsWith("MZ")) {
      return "is a Windows program";
    }
    if (text.startsWith("[")) {
      return "is a JSON array, where a profile is an object";
    }
    if (text.startsWith("{")
        || text.startsWith("\u00ff\u00fe")
        || text.startsWith("\u00fe\u00ff")) {
      return "looks like UTF-16 text, where UTF-8 is read";
    }
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f || Character.isWhitespace(c))) {
      return "is text that begins with \"" + text.lines().findFirst().orElse("") + "\"";
    }
    byte[] first = Arrays.copyOf(start, Math.min(start.length, 8));
    StringBuilder hex = new StringBuilder();
    for (byte each : first) {
      hex.append(String.format(" %02x", each & 0xff));
    }
    return "begins with the bytes" + hex;
  }
}
