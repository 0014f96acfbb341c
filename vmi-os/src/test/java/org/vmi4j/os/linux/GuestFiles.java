package org.vmi4j.os.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A guest's memory and the truth that it printed about itself: the one that is checked in, or one
 * that the lab builds.
 *
 * @param folder where both lie
 */
public record GuestFiles(Path folder) {
  private static final Path LAB = Path.of("").toAbsolutePath().getParent().resolve("lab/guest");

  /** The guest that is checked in. */
  public static GuestFiles bundled() {
    return new GuestFiles(LAB.resolve("bundled/debian12-amd64"));
  }

  /** A guest of the lab, built now if it is not there yet. */
  public static GuestFiles ofLab(String name) {
    run("build", name);
    return new GuestFiles(Path.of(run("build", "--path", name)));
  }

  private static String run(String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(LAB.resolve(script).toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + " failed");
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public String uri() {
    Path plain = folder.resolve("memory.elf");
    return "file:" + (Files.exists(plain) ? plain : folder.resolve("memory.elf.xz"));
  }

  public List<String> truth(String file) {
    try {
      return Files.readAllLines(folder.resolve("truth").resolve(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a table of the truth, without its head, in columns. */
  public List<String[]> table(String file) {
    return truth(file).stream().skip(1).map(line -> line.split("\t", -1)).toList();
  }

  public List<String> compressed(String file) {
    Path path = folder.resolve("truth").resolve(file);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int targetPid() {
    return Integer.parseInt(truth("target.txt").get(0));
  }

  /** The start of the paging mode's name, as the guest's name promises it. */
  public String paging() {
    String name = toString();
    return name.endsWith("la57")
        ? "x86-64 5-level"
        : name.endsWith("16k")
            ? "AArch64 16K"
            : name.endsWith("arm64") ? "AArch64 4K" : "x86-64 4-level";
  }

  /** The size of a page of the guest's kernel, in bytes. */
  long pageSize() {
    return toString().endsWith("16k") ? 16 << 10 : 4 << 10;
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
