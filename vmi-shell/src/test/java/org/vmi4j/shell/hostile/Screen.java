package org.vmi4j.shell.hostile;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command prints: keeps the beginning of what is printed, and watches all of it for bytes
 * that would take over a terminal.
 */
final class Screen extends OutputStream {
  private static final int KEPT = 1 << 16;
  private static final int DELETE = 0x7f;

  /** The first bytes of the C1 controls, and of the marks of U+2000 to U+207F, in UTF-8. */
  private static final int C1 = 0xc2;

  private static final int MARKS = 0xe2;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private int before;
  private int beforeThat;
  private String control = "";

  @Override
  public synchronized void write(int value) {
    int b = value & 0xff;
    if (control.isEmpty() && isControl(b)) {
      control = String.format("byte %02x after %s", b, lastLine());
    }
    beforeThat = before;
    before = b;
    if (kept.size() < KEPT) {
      kept.write(b);
    }
  }

  private boolean isControl(int b) {
    if (before == '\r') {
      return b != '\n';
    }
    // U+200E and U+200F, U+202A to U+202E, U+2066 to U+2069: text that runs the other way.
    boolean turns =
        beforeThat == MARKS
            && (before == 0x80 && (b == 0x8e || b == 0x8f || b >= 0xaa && b <= 0xae)
                || before == 0x81 && b >= 0xa6 && b <= 0xa9);
    return b < ' ' && b != '\n' && b != '\r' && b != '\t'
        || b == DELETE
        || before == C1 && b >= 0x80 && b < 0xa0
        || turns;
  }

  private String lastLine() {
    String text = text();
    return "\"" + text.substring(text.lastIndexOf('\n') + 1) + "\"";
  }

  /** The beginning of what was printed. */
  synchronized String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  /** The first byte that takes over a terminal, with what was before it; empty if there is none. */
  synchronized String control() {
    return control;
  }

  /** Begins anew. */
  synchronized void clear() {
    kept.reset();
    before = 0;
    beforeThat = 0;
    control = "";
  }
}
