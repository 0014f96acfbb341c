package org.vmi4j.profiles;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.vmi4j.profiles.file.ProfileFile;

/** Reads and writes the files that profiles come in. */
public final class Profiles {
  private Profiles() {}

  /**
   * Loads a profile: Rekall JSON, Volatility ISF JSON of format 4.0 to 6.2, or raw BTF; plain or
   * compressed with gzip or xz. Its content tells which, not its name.
   *
   * @throws ProfileException if there is no such file, or it is none of these, or is broken
   */
  public static Profile load(Path file) {
    Path name = file.getFileName();
    String origin = name == null ? file.toString() : name.toString();
    if (Files.isDirectory(file)) {
      throw new ProfileException(file + " is a directory; give a profile in it");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(origin, in);
    } catch (NoSuchFileException e) {
      throw new ProfileException("there is no profile " + file, e);
    } catch (AccessDeniedException e) {
      throw new ProfileException("profile " + file + " may not be read by this user", e);
    } catch (IOException e) {
      throw new ProfileException("profile " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a profile from a stream, as {@link #load} does.
   *
   * @param origin what to call it in messages
   * @param in is read to its end and not closed
   */
  public static Profile read(String origin, InputStream in) {
    return ProfileFile.read(origin, in);
  }
}
