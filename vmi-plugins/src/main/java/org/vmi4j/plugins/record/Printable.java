package org.vmi4j.plugins.record;

import java.util.Locale;

/**
 * Escapes untrusted text (a guest's, a profile's, a file name) for a terminal, a table or CSV:
 * characters that would control the terminal, hide or reorder other text, or end the line.
 *
 * <p>Escaped are control characters ({@code \x1b}), format characters, which include all that
 * change the direction of text or have no width ({@code \}{@code u202e}, {@code \U000e0001}), the
 * separators of lines and paragraphs, and unpaired surrogates. A backslash is doubled, so that
 * every escape is unambiguous. The categories are those of Unicode: Cc, Cf, Zl, Zp and Cs.
 */
public final class Printable {
  private static final int BYTE = 0x100;
  private static final int BMP = 0x10000;

  private Printable() {}

  /** Returns the text on one line, with everything that would control a terminal escaped. */
  public static String of(String text) {
    int clean = 0;
    while (clean < text.length() && isPlain(text.charAt(clean))) {
      clean++;
    }
    if (clean == text.length()) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length() + 16).append(text, 0, clean);
    text.substring(clean).codePoints().forEach(c -> append(safe, c));
    return safe.toString();
  }

  /** Printable ASCII, of which only the backslash is escaped. */
  private static boolean isPlain(char c) {
    return c >= ' ' && c < 0x7f && c != '\\';
  }

  private static void append(StringBuilder safe, int c) {
    if (c == '\\') {
      safe.append("\\\\");
    } else if (!isUnsafe(c)) {
      safe.appendCodePoint(c);
    } else {
      safe.append(
          String.format(Locale.ROOT, c < BYTE ? "\\x%02x" : c < BMP ? "\\u%04x" : "\\U%08x", c));
    }
  }

  private static boolean isUnsafe(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
