package org.vmi4j.api.elf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * Our own note, "VMI4J" of the type 0x564d, one for each processor: every register that is known,
 * as lines of ASCII text, {@code name=value} with the value in hexadecimal and without a prefix. It
 * is what carries the system registers of AArch64 (TTBR0, TTBR1, TCR) and of x86 what QEMU's note
 * leaves out, such as EFER.
 */
final class OwnStatus {
  /** Who defined our notes. */
  static final String NAME = "VMI4J";

  private static final int TYPE = 0x564d;
  private static final int MAX_SIZE = 1 << 16;
  private static final Pattern LINE =
      Pattern.compile("^([a-z][a-z0-9_]{0,31})=([0-9a-f]{1,16})$", Pattern.MULTILINE);

  private OwnStatus() {}

  static ElfNote note(RegisterValues values) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (register, value) ->
            text.append(String.format(Locale.ROOT, "%s=%x\n", register.label(), value)));
    return new ElfNote(
        NAME, TYPE, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  /** Lines that are not as described, or of no register that is known, are ignored. */
  static Optional<RegisterValues> read(ElfNote note, Architecture architecture) {
    if (!note.is(NAME, TYPE) || note.content().limit() > MAX_SIZE) {
      return Optional.empty();
    }
    RegisterValues values = new RegisterValues(architecture);
    Matcher line = LINE.matcher(StandardCharsets.ISO_8859_1.decode(note.content().duplicate()));
    while (line.find()) {
      long value = Long.parseUnsignedLong(line.group(2), 16);
      Register.named(architecture, line.group(1))
          .filter(register -> register.bits() == Long.SIZE || value >>> register.bits() == 0)
          .ifPresent(register -> values.set(register, value));
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }
}
