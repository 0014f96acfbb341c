package org.vmi4j.api.lifecycle;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first line of a journal.
 *
 * @param uri the URI that opens the guest
 * @param identity what tells this guest, since it was started, from every other one
 * @param process the process ID of the writer
 * @param time when it began, in milliseconds since the epoch of 1970
 */
record JournalHeader(String uri, String identity, long process, long time) {
  private static final String MAGIC = "vmi4j-journal";
  private static final String VERSION = "1";
  private static final int WORDS = 6;

  String text() {
    return String.join(
        " ",
        MAGIC,
        VERSION,
        encode(uri),
        encode(identity),
        String.valueOf(process),
        String.valueOf(time));
  }

  static Optional<JournalHeader> parse(String text) {
    String[] words = text.split(" ", -1);
    if (words.length != WORDS || !words[0].equals(MAGIC) || !words[1].equals(VERSION)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new JournalHeader(
              decode(words[2]),
              decode(words[3]),
              Long.parseLong(words[4]),
              Long.parseLong(words[5])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
