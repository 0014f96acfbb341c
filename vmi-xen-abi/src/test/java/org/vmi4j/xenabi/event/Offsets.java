package org.vmi4j.xenabi.event;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.xenabi.XenRelease;

/** What a compiler says of Xen's own headers, release by release. */
final class Offsets {
  /** Where a field lies, and how many bytes it has. */
  record Place(int offset, int size) {}

  private final Map<String, String[]> lines = new LinkedHashMap<>();

  Offsets() throws IOException {
    try (InputStream in = Offsets.class.getResourceAsStream("vm_event-offsets.txt")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", -1))
          .forEach(words -> lines.put(words[0], words));
    }
  }

  Iterable<String> fields() {
    return lines.keySet();
  }

  Optional<Place> find(String field, XenRelease release) {
    Optional<Place> found = Optional.empty();
    String[] words = lines.get(field);
    for (int i = 1; i < words.length; i++) {
      String[] parts = words[i].split("[:/]", -1);
      int minor = Integer.parseInt(parts[0].substring(2));
      if (minor <= release.minor()) {
        found =
            parts[1].equals("-")
                ? Optional.empty()
                : Optional.of(new Place(Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
      }
    }
    return found;
  }
}
