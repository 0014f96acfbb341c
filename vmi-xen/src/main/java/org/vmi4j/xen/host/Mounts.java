package org.vmi4j.xen.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The file systems of this process: {@code /proc/self/mountinfo}, as proc(5) describes it. */
public final class Mounts {
  private static final int POINT = 4;
  private static final int OPTIONS = 5;

  private final List<Mount> all;

  private record Mount(Path point, List<String> options) {}

  private Mounts(List<Mount> all) {
    this.all = all;
  }

  public static Mounts of(XenHost host) {
    return new Mounts(
        host.read("proc/self/mountinfo").stream()
            .flatMap(String::lines)
            .map(line -> line.split(" "))
            .filter(words -> words.length > OPTIONS)
            .flatMap(words -> mount(words[POINT], words[OPTIONS]))
            .toList());
  }

  private static Stream<Mount> mount(String point, String options) {
    // Only space, tab, newline and backslash are written as octal numbers.
    String plain =
        point
            .replace("\\040", " ")
            .replace("\\011", "\t")
            .replace("\\012", "\n")
            .replace("\\134", "\\");
    return plain.startsWith("/")
        ? Stream.of(new Mount(Path.of(plain), List.of(options.split(","))))
        : Stream.empty();
  }

  /** Whether no program and no library can be run from a folder. */
  public boolean isNoExec(Path folder) {
    Path real = real(folder);
    // Of two that are mounted on one point, the later one hides the other.
    return all.stream()
        .filter(mount -> real.startsWith(mount.point))
        .max(Comparator.comparingInt(mount -> mount.point.getNameCount()))
        .filter(mount -> mount.options.contains("noexec"))
        .isPresent();
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }
}
