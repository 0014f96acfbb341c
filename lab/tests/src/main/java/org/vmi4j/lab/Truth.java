package org.vmi4j.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The guest's own description: tables that the guest printed on its console when it was asked to,
 * as files of a folder. See lab/guest/README.md for what is in which.
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

  /** The URI that opens the guest. */
  public String uri() {
    return "xen:" + guest;
  }

  /** Whether the guest is paravirtual. */
  public boolean isParavirtual() {
    return guest.endsWith("-pv");
  }

  /** The lines of a file, the head line of a table among them. */
  public List<String> lines(String file) {
    try {
      return Files.readAllLines(folder.resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of a table, in columns. */
  public List<String[]> table(String file) {
    return lines(file).stream().skip(1).map(line -> line.split("\t", -1)).toList();
  }

  /** The lines of a file under gzip. */
  public List<String> compressed(String file) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(folder.resolve(file))),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many processors the guest's kernel uses. */
  public int processors() {
    return (int) lines("stat.txt").stream().filter(line -> line.matches("cpu[0-9]+ .*")).count();
  }

  /** The ID of the guest's target process. */
  public int targetPid() {
    return Integer.parseInt(lines("target.txt").get(0));
  }

  /**
   * Asks the guest for the eight bytes at an address of its target, as its own kernel reads them.
   */
  public long word(long address) {
    String answer =
        Dom0.run(
            "/lab/truth",
            guest,
            "word",
            String.valueOf(targetPid()),
            "0x" + Long.toHexString(address));
    return answer
        .lines()
        .map(String::strip)
        .filter(line -> line.matches("[0-9a-f]{16}"))
        .map(line -> Long.parseUnsignedLong(line, 16))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(guest + " answered: " + answer));
  }

  @Override
  public String toString() {
    return guest;
  }
}
