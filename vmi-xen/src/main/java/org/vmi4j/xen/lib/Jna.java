package org.vmi4j.xen.lib;

import com.sun.jna.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;
import org.vmi4j.xen.host.Mounts;
import org.vmi4j.xen.host.XenHost;

/**
 * JNA's own native library, without which no other one can be called. JNA unpacks it from its jar
 * into a folder that has to be writable, on a file system that is not mounted noexec.
 */
public final class Jna {
  private static final String FOLDER = "jna.tmpdir";

  private Jna() {}

  /** Why it could not be loaded; JNA tries only once. */
  private static final class Attempt {
    static final Optional<String> FAILURE = load();

    @SuppressWarnings("ReturnValueIgnored")
    private static Optional<String> load() {
      try {
        Native.getNativeSize(int.class);
        return Optional.empty();
      } catch (LinkageError e) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Loads it.
   *
   * @throws VmiException if that fails
   */
  public static void require() {
    if (Attempt.FAILURE.isPresent()) {
      throw new VmiException(
          "JNA cannot load its native library ("
              + Attempt.FAILURE.get()
              + "); "
              + advice(XenHost.current(), folder()));
    }
  }

  public static Check check(XenHost host) {
    return Attempt.FAILURE
        .map(why -> Check.failed("JNA", why, advice(host, folder())))
        .orElseGet(
            () ->
                Check.ok(
                    "JNA",
                    Native.VERSION
                        + ", with its native library from "
                        + System.getProperty("jnidispatch.path", "the system")));
  }

  /** What to do when it could not be loaded from a folder. */
  public static String advice(XenHost host, Path folder) {
    String other = "name another folder: JDK_JAVA_OPTIONS=-D" + FOLDER + "=FOLDER";
    if (!Files.isWritable(folder)) {
      return folder + " is not writable; " + other;
    }
    return Mounts.of(host).isNoExec(folder)
        ? folder + " is mounted noexec, so that no library there can be loaded; " + other
        : "see that " + folder + " is on a disk with room, or " + other;
  }

  /** Where JNA unpacks to, by the documentation of its class Native. */
  private static Path folder() {
    String given = System.getProperty(FOLDER);
    if (given != null) {
      return Path.of(given);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path folder =
        (cache == null || cache.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(cache))
            .resolve("JNA/temp");
    return Files.isWritable(folder) ? folder : Path.of(System.getProperty("java.io.tmpdir"));
  }
}
