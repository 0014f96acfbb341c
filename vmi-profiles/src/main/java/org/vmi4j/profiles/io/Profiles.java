package org.vmi4j.profiles.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.export.ProfileWriter;
import org.vmi4j.profiles.file.ProfileFile;

/** Reads and writes profile files. */
public final class Profiles {
  private Profiles() {}

  /**
   * Loads a profile: Rekall JSON, Volatility ISF JSON of format 4.0 to 6.2, or raw BTF; plain or
   * compressed with gzip or xz. The format is detected by content, not by name.
   *
   * @throws ProfileException if there is no such file, it is in none of these formats, or it is
   *     malformed
   */
  public static Profile load(Path file) {
    Path name = file.getFileName();
    String origin = name == null ? file.toString() : name.toString();
    if (Files.isDirectory(file)) {
      throw new ProfileException(file + " is a directory; name a profile in it");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new ProfileException(file + " is a device or a pipe; name the file of a profile");
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
   * @param origin its name in messages
   * @param in is read to its end and not closed
   */
  public static Profile read(String origin, InputStream in) {
    return ProfileFile.read(origin, in);
  }

  /**
   * Writes a profile as Volatility's intermediate symbol file, format 6.2.0. Of symbols that share
   * a name the first is written. Volatility expects addresses as the kernel was linked: {@linkplain
   * Symbols#shifted shift} those of a running kernel back first.
   *
   * @param to is not closed
   * @throws IOException if {@code to} cannot be written
   */
  public static void writeIsf(Profile profile, OutputStream to) throws IOException {
    ProfileWriter.isf(profile, to);
  }

  /**
   * Writes a profile as Rekall JSON, under the same conditions as {@link #writeIsf}. Members of
   * anonymous structures and unions are written as members of what is around them.
   *
   * @param to is not closed
   * @throws IOException if {@code to} cannot be written
   */
  public static void writeRekall(Profile profile, OutputStream to) throws IOException {
    ProfileWriter.rekall(profile, to);
  }
}
