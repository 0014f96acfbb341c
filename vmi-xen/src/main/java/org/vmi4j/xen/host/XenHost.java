package org.vmi4j.xen.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.vmi4j.xenabi.XenRelease;

/**
 * The host that Xen runs on, as its files describe it.
 *
 * @param root where its file system begins: {@code /}, and a folder in tests
 * @param libraries the folder with Xen's libraries, where they are not the system's own
 */
public record XenHost(Path root, Optional<Path> libraries) {
  /** The system property with the folder of Xen's libraries, for one that is not installed. */
  static final String LIBRARIES = "vmi4j.xen.libraries";

  /** The system property with the root of the files {@code /dev}, {@code /proc}, {@code /sys}. */
  public static final String ROOT = "vmi4j.xen.root";

  private static final int MOST = 1 << 20;

  /** This machine. */
  public static XenHost current() {
    return new XenHost(
        Path.of(System.getProperty(ROOT, "/")),
        Optional.ofNullable(System.getProperty(LIBRARIES)).map(Path::of));
  }

  /** The release of the hypervisor, by {@code /sys/hypervisor/version}, if present. */
  public Optional<XenRelease> release() {
    return number("sys/hypervisor/version/major")
        .flatMap(
            major ->
                number("sys/hypervisor/version/minor").map(minor -> new XenRelease(major, minor)));
  }

  /** Reads an integer from procfs or sysfs; empty if it is absent or malformed. */
  public Optional<Integer> number(String file) {
    try {
      return read(file).map(Integer::valueOf);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the content of a procfs or sysfs file, stripped; empty if it is absent.
   *
   * <p>It is read at once: such a file reports the size 0, for which Java's own methods begin with
   * one byte, and of those under {@code /proc/sys} a second read gives nothing.
   */
  public Optional<String> read(String file) {
    try (InputStream in = Files.newInputStream(root.resolve(file))) {
      return Optional.of(new String(in.readNBytes(MOST), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  public boolean exists(String file) {
    return Files.exists(root.resolve(file));
  }
}
