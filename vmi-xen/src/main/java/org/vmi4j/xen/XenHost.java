package org.vmi4j.xen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The machine that Xen runs on, as far as files tell of it.
 *
 * @param root where its file system begins: {@code /}, and a folder in tests
 * @param libraries the folder with Xen's libraries, where they are not the system's own
 */
record XenHost(Path root, Optional<Path> libraries) {
  /** The system property with the folder of Xen's libraries, for one that is not installed. */
  static final String LIBRARIES = "vmi4j.xen.libraries";

  /** The system property with the root of the files {@code /dev}, {@code /proc}, {@code /sys}. */
  static final String ROOT = "vmi4j.xen.root";

  /** This machine. */
  static XenHost current() {
    return new XenHost(
        Path.of(System.getProperty(ROOT, "/")),
        Optional.ofNullable(System.getProperty(LIBRARIES)).map(Path::of));
  }

  /** The release of the hypervisor, by {@code /sys/hypervisor/version}, if it says. */
  Optional<XenRelease> release() {
    try {
      Path version = root.resolve("sys/hypervisor/version");
      return Optional.of(
          new XenRelease(number(version.resolve("major")), number(version.resolve("minor"))));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static int number(Path file) throws IOException {
    return Integer.parseInt(Files.readString(file).strip());
  }
}
