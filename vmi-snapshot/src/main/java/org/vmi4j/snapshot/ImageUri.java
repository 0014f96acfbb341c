package org.vmi4j.snapshot;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.image.Hole;

/**
 * The address of an image: a path, and for a raw one the holes in the physical address space.
 *
 * @param path the file
 * @param holes the ranges without memory, in ascending order
 */
record ImageUri(Path path, List<Hole> holes) {

  static ImageUri parse(VmUri uri) {
    String rest = uri.rest();
    if (rest.isEmpty()) {
      throw new VmiException("file: without a path; write file:guest.elf");
    }
    int question = rest.lastIndexOf('?');
    if (question < 0 || Files.exists(path(rest))) {
      return new ImageUri(path(rest), List.of());
    }
    List<Hole> holes = new ArrayList<>();
    for (String option : rest.substring(question + 1).split("&", -1)) {
      if (!option.startsWith("hole=")) {
        throw new VmiException(
            "unknown option \"" + option + "\" in " + uri + "; there is hole=START-END");
      }
      Hole hole = hole(option.substring("hole=".length()));
      if (!holes.isEmpty() && hole.start() < holes.get(holes.size() - 1).end()) {
        throw new VmiException("the holes in " + uri + " overlap or are not in ascending order");
      }
      holes.add(hole);
    }
    return new ImageUri(path(rest.substring(0, question)), List.copyOf(holes));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new VmiException("\"" + text + "\" cannot be the name of a file; check it", e);
    }
  }

  private static Hole hole(String text) {
    int dash = text.indexOf('-');
    try {
      long start = Long.decode(text.substring(0, Math.max(0, dash)));
      long end = Long.decode(text.substring(dash + 1));
      if (start >= 0 && start < end && end <= 1L << 52) {
        return new Hole(start, end);
      }
    } catch (NumberFormatException e) {
      throw new VmiException("hole=" + text + " is no range; write hole=0xc0000000-0x100000000", e);
    }
    throw new VmiException("hole=" + text + " is no range; write hole=0xc0000000-0x100000000");
  }
}
