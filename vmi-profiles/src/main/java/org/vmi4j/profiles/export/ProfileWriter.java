package org.vmi4j.profiles.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import org.vmi4j.profiles.Profile;

/** Writes profiles as JSON, and leaves the stream open. */
public final class ProfileWriter {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private ProfileWriter() {}

  /** Writes Volatility's intermediate symbol file. */
  public static void isf(Profile profile, OutputStream to) throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(to)) {
      new IsfWriter(profile, out).write();
    }
  }

  /** Writes Rekall JSON. */
  public static void rekall(Profile profile, OutputStream to) throws IOException {
    try (JsonGenerator out = FACTORY.createGenerator(to)) {
      new RekallWriter(profile, out).write();
    }
  }
}
