package org.vmi4j.api.lifecycle;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The lines of a journal: a checksum, a sign, a number, and what was changed. A line that was cut
 * off or damaged is none.
 *
 * <pre>
 *   5f1c20a7 + 1 bytes 200100 55 cc
 *   0be3d9b4 + 2 frame 8001
 *   91ffab02 + 3 held MONITORED
 *   c0de1234 - 2
 * </pre>
 */
final class JournalLine {
  private static final HexFormat HEX = HexFormat.of();

  private JournalLine() {}

  /** A line as it is read: a change that begins, or the end of one. */
  record Parsed(long number, Optional<Change> change) {}

  static String begin(long number, Change change) {
    return sealed("+ " + number + " " + words(change));
  }

  static String end(long number) {
    return sealed("- " + number);
  }

  static String sealed(String text) {
    return checksum(text) + " " + text + "\n";
  }

  /** Returns the text of a line whose checksum is right. */
  static Optional<String> unsealed(String line) {
    int space = line.indexOf(' ');
    return space > 0 && checksum(line.substring(space + 1)).equals(line.substring(0, space))
        ? Optional.of(line.substring(space + 1))
        : Optional.empty();
  }

  /** Parses a line, or nothing if it is damaged. */
  static Optional<Parsed> parse(String line) {
    try {
      return unsealed(line).map(text -> parsed(text.split(" ", -1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static Parsed parsed(String[] words) {
    long number = Long.parseLong(words[1]);
    return switch (words[0]) {
      case "-" -> new Parsed(number, Optional.empty());
      case "+" -> new Parsed(number, Optional.of(change(words)));
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private static String words(Change change) {
    if (change instanceof Change.Bytes bytes) {
      return "bytes "
          + Long.toHexString(bytes.address())
          + " "
          + HEX.formatHex(bytes.before())
          + " "
          + HEX.formatHex(bytes.after());
    }
    if (change instanceof Change.AddedFrame frame) {
      return "frame " + Long.toHexString(frame.number());
    }
    return "held " + ((Change.Held) change).name();
  }

  private static Change change(String[] words) {
    return switch (words[2]) {
      case "bytes" ->
          new Change.Bytes(
              Long.parseUnsignedLong(words[3], 16), HEX.parseHex(words[4]), HEX.parseHex(words[5]));
      case "frame" -> new Change.AddedFrame(Long.parseUnsignedLong(words[3], 16));
      case "held" -> Change.Held.valueOf(words[3]);
      default -> throw new IllegalArgumentException(words[2]);
    };
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return HEX.toHexDigits((int) crc.getValue());
  }
}
