package org.vmi4j.os.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The guest that is checked in, and the truth that it printed about itself. */
final class BundledGuest {
  private static final Path FOLDER =
      Path.of("").toAbsolutePath().getParent().resolve("lab/guest/bundled/debian12-amd64");

  private BundledGuest() {}

  static String uri() {
    return "file:" + FOLDER.resolve("memory.elf.xz");
  }

  static List<String> truth(String file) {
    try {
      return Files.readAllLines(FOLDER.resolve("truth").resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a table of the truth, without its head, in columns. */
  static List<String[]> table(String file) {
    return truth(file).stream().skip(1).map(line -> line.split("\t", -1)).toList();
  }

  static List<String> compressed(String file) {
    Path path = FOLDER.resolve("truth").resolve(file);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int targetPid() {
    return Integer.parseInt(truth("target.txt").get(0));
  }
}
