package org.vmi4j.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a guest's own kernel says of it: tables that the guest printed on its console when it was
 * asked to, as files of a folder. See lab/guest/README.md for what is in which.
 *
 * @param guest the name of the guest
 * @param folder where the tables lie
 */
public record Truth(String guest, Path folder) {

  /** The truths of all guests of this machine, in the order of their names. */
  public static List<Truth> all() {
    try (Stream<Path> folders = Files.list(Path.of(System.getProperty("lab.truth")))) {
      return folders
          .sorted()
          .map(folder -> new Truth(folder.getFileName().toString(), folder))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a table, the head line among them where there is one. */
  public List<String> lines(String table) {
    try {
      return Files.readAllLines(
          folder.resolve(table + ".txt"), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return guest;
  }
}
