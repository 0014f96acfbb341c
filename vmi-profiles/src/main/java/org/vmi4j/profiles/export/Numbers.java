package org.vmi4j.profiles.export;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigInteger;

/** Writes numbers of 64 bits. */
final class Numbers {
  private Numbers() {}

  static void write(JsonGenerator out, long value, boolean signed) throws IOException {
    if (signed || value >= 0) {
      out.writeNumber(value);
    } else {
      out.writeNumber(new BigInteger(Long.toUnsignedString(value)));
    }
  }
}
