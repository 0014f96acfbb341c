package org.vmi4j.api.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.vmi4j.api.VmiException;

/**
 * The folders in which vmi4j keeps files, as the XDG Base Directory Specification divides them.
 *
 * <p>The <em>cache</em> holds what can be computed again: expanded images, derived profiles. All of
 * it may be deleted at any time. It is the folder in the system property {@code vmi4j.cache}, else
 * in the environment variable {@code VMI4J_CACHE}, else {@code vmi4j} in {@code XDG_CACHE_HOME},
 * else {@code ~/.cache/vmi4j}.
 *
 * <p>The <em>state</em> holds what cannot be computed again and must outlive the program: the
 * history of the shell, records of what was done to guests. Only its owner may read it. It is the
 * folder in {@code vmi4j.state}, {@code VMI4J_STATE}, {@code vmi4j} in {@code XDG_STATE_HOME}, else
 * {@code ~/.local/state/vmi4j}.
 */
public final class Folders {
  private static final String PRIVATE = "rwx------";

  private Folders() {}

  /**
   * Returns a folder of the cache, made if it does not exist.
   *
   * @throws VmiException if it cannot be made
   */
  public static Path cache(String name) {
    Path folder = root("CACHE", ".cache").resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw failure("cache", folder, e);
    }
  }

  /**
   * Returns a folder of the state, made if it does not exist. Its permissions are 0700, also if it
   * was made with others.
   *
   * @throws VmiException if it cannot be made or belongs to another user
   */
  public static Path state(String name) {
    Path folder = root("STATE", ".local/state").resolve(name);
    try {
      Files.createDirectories(
          folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
      return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(PRIVATE));
    } catch (IOException e) {
      throw failure("state", folder, e);
    }
  }

  private static Path root(String kind, String inHome) {
    String property = "vmi4j." + kind.toLowerCase(Locale.ROOT);
    String own = System.getProperty(property, System.getenv("VMI4J_" + kind));
    if (own != null && !own.isEmpty()) {
      return Path.of(own);
    }
    String shared = System.getenv("XDG_" + kind + "_HOME");
    return shared != null && !shared.isEmpty()
        ? Path.of(shared, "vmi4j")
        : Path.of(System.getProperty("user.home"), inHome, "vmi4j");
  }

  private static VmiException failure(String kind, Path folder, IOException e) {
    String variable = "VMI4J_" + kind.toUpperCase(Locale.ROOT);
    return new VmiException(
        "cannot make the "
            + kind
            + " folder "
            + folder
            + "; set "
            + variable
            + " to a folder that can be written",
        e);
  }
}
