package org.vmi4j.profiles.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.ZipException;
import org.tukaani.xz.XZIOException;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.Symbols;
import org.vmi4j.profiles.btf.Btf;
import org.vmi4j.profiles.isf.IsfReader;
import org.vmi4j.profiles.json.JsonCursor;
import org.vmi4j.profiles.json.JsonText;
import org.vmi4j.profiles.rekall.RekallReader;

/** Reads a profile of any format. */
public final class ProfileFile {
  private static final String ACCEPTED =
      "a profile is Rekall JSON, Volatility ISF JSON or BTF; plain, .gz or .xz";
  private static final long MAX_BYTES = 1L << 28;
  private static final int MAX_SHOWN = 60;

  private final String origin;

  private ProfileFile(String origin) {
    this.origin = origin;
  }

  /** Reads a profile from a stream, which the caller closes. */
  public static Profile read(String origin, InputStream raw) {
    ProfileFile file = new ProfileFile(origin);
    try {
      InputStream plain = Compression.takeOff(origin, raw);
      return file.read(new BoundedInput(origin, plain, MAX_BYTES));
    } catch (EOFException e) {
      throw new ProfileException(origin + " is compressed and ends too early", e);
    } catch (ZipException | XZIOException e) {
      throw new ProfileException(origin + " cannot be decompressed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ProfileException(origin + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Profile read(InputStream in) throws IOException {
    PushbackInputStream rest = new PushbackInputStream(in, MAX_SHOWN);
    byte[] start = Contents.start(rest, MAX_SHOWN);
    rest.unread(start);
    if (Contents.isJsonObject(start)) {
      return json(rest);
    }
    if (Contents.isBtf(start)) {
      Btf btf = Btf.read(origin, rest.readAllBytes());
      return Profile.of(origin + " (BTF)", btf, Symbols.NONE, btf.pointerSize());
    }
    throw new ProfileException(origin + " " + Contents.describe(start) + "; " + ACCEPTED);
  }

  private Profile json(InputStream in) {
    JsonText text = new JsonText(origin, in);
    IsfReader isf = new IsfReader(origin);
    RekallReader rekall = new RekallReader(origin);
    String others = text.read(cursor -> sections(cursor, isf, rekall));
    if (isf.any() == rekall.any()) {
      String found = isf.any() ? "has sections of both formats" : "is JSON with " + others;
      throw new ProfileException(
          origin
              + " "
              + found
              + ", neither Rekall ($STRUCTS, $CONSTANTS) nor Volatility ISF (user_types, symbols); "
              + ACCEPTED);
    }
    return isf.any() ? isf.profile(text) : rekall.profile(text);
  }

  /** Reads all sections, and returns the first names that are of neither format. */
  private static String sections(JsonCursor in, IsfReader isf, RekallReader rekall)
      throws IOException {
    StringBuilder others = new StringBuilder();
    in.beginObject("a profile");
    String name;
    while ((name = in.nextMember()) != null) {
      if (!isf.accept(name, in) && !rekall.accept(name, in)) {
        in.skip();
        if (others.length() + name.length() < MAX_SHOWN) {
          others.append(others.isEmpty() ? "" : ", ").append(name);
        }
      }
    }
    in.end("a profile");
    return others.isEmpty() ? "no members" : others.toString();
  }
}
