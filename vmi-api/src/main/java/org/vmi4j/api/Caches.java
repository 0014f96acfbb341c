package org.vmi4j.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where vmi4j keeps what it would have to work out again: the folder in the system property {@code
 * vmi4j.cache}, else in the environment variable {@code VMI4J_CACHE}, else {@code vmi4j} in {@code
 * XDG_CACHE_HOME}, else {@code ~/.cache/vmi4j}. All of it may be deleted at any time.
 */
public final class Caches {

  private Caches() {}

  /**
   * A folder of the cache, made if it is not there yet.
   *
   * @throws VmiException if it cannot be made
   */
  public static Path folder(String name) {
    Path folder = root().resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new VmiException(
          "cannot make the cache folder "
              + folder
              + "; set VMI4J_CACHE to a folder that can be written",
          e);
    }
  }

  private static Path root() {
    String own = System.getProperty("vmi4j.cache", System.getenv("VMI4J_CACHE"));
    if (own != null && !own.isEmpty()) {
      return Path.of(own);
    }
    String shared = System.getenv("XDG_CACHE_HOME");
    return shared != null && !shared.isEmpty()
        ? Path.of(shared, "vmi4j")
        : Path.of(System.getProperty("user.home"), ".cache", "vmi4j");
  }

  /** The SHA-256 digest of some bytes: what a cache is keyed by where the guest has a say in it. */
  public static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
