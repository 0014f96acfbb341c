package org.vmi4j.profiles.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8 text whose bytes were read as characters. */
final class Utf8 {
  private Utf8() {}

  static String of(String bytes) {
    boolean ascii = true;
    boolean single = true;
    for (int i = 0; i < bytes.length(); i++) {
      ascii &= bytes.charAt(i) < 0x80;
      single &= bytes.charAt(i) < 0x100;
    }
    // Larger characters come from escapes in the text, as may single ones that are not UTF-8.
    return ascii || !single ? bytes : decode(bytes);
  }

  private static String decode(String bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }
}
