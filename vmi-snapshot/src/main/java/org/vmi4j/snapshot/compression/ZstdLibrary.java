package org.vmi4j.snapshot.compression;

import com.github.luben.zstd.util.Native;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;

/** The native library of zstd, which is unpacked from its jar when it is first needed. */
public final class ZstdLibrary {
  private static final String ADVICE =
      "name a folder for it that is writable and not mounted noexec"
          + " (JDK_JAVA_OPTIONS=-DZstdTempFolder=FOLDER), or expand the image with zstd -d";

  private ZstdLibrary() {}

  /** Why it could not be loaded; loading is tried once. */
  private static final class Attempt {
    static final Optional<String> FAILURE = load();

    private static Optional<String> load() {
      try {
        Native.load();
        return Optional.empty();
      } catch (LinkageError e) {
        String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return Optional.of("zstd's native library cannot be loaded (" + said + ")");
      }
    }
  }

  /**
   * Loads it.
   *
   * @throws VmiException if that fails
   */
  static void require() {
    Attempt.FAILURE.ifPresent(
        why -> {
          throw new VmiException(why + "; " + ADVICE);
        });
  }

  /** Returns whether images under zstd can be opened. */
  public static Check check() {
    String name = "images under zstd";
    return Attempt.FAILURE
        .map(why -> Check.warning(name, why, ADVICE))
        .orElseGet(() -> Check.ok(name, "can be opened"));
  }
}
