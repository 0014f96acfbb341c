package org.vmi4j.api.elf;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.vmi4j.api.Addressing;

/**
 * Our own note of what {@code p_paddr} counts, "VMI4J" of the type 0x564e: {@code machine} or
 * {@code guest}, in ASCII. A core without it holds guest-physical addresses, as the cores of other
 * programs do.
 */
public final class AddressingNote {
  private static final int TYPE = 0x564e;

  private AddressingNote() {}

  /** Makes the note of a dump. */
  public static ElfNote of(Addressing addressing) {
    String text = addressing.name().toLowerCase(Locale.ROOT);
    return new ElfNote(
        OwnStatus.NAME, TYPE, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Reads what the addresses of a dump count.
   *
   * @param notes the bytes of all notes
   * @return what the last such note says; empty if there is none, or none whose text is known
   */
  public static Optional<Addressing> read(ByteBuffer notes) {
    AtomicReference<Addressing> found = new AtomicReference<>();
    ElfNote.forEach(
        notes,
        note -> {
          if (note.is(OwnStatus.NAME, TYPE)) {
            Arrays.stream(Addressing.values())
                .filter(addressing -> note.equals(of(addressing)))
                .forEach(found::set);
          }
        });
    return Optional.ofNullable(found.get());
  }
}
