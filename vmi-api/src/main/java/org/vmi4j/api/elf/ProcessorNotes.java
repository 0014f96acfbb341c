package org.vmi4j.api.elf;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * The notes that carry the registers of a machine's processors: for each NT_PRSTATUS, which
 * debuggers read; on x86 the note of QEMU's dumps, with control registers and descriptor tables;
 * and our own, "VMI4J" of the type 0x564d, with every register that is known, as lines of text.
 */
public final class ProcessorNotes {
  private ProcessorNotes() {}

  /** Creates the notes of a machine. Only our own distinguishes unknown registers from zero. */
  public static List<ElfNote> of(List<RegisterValues> processors) {
    List<ElfNote> notes = new ArrayList<>();
    for (int i = 0; i < processors.size(); i++) {
      RegisterValues values = processors.get(i);
      notes.add(ThreadStatus.of(values.architecture()).note(values, i + 1));
    }
    processors.stream()
        .filter(values -> QemuStatus.isOf(values.architecture()))
        .forEach(values -> notes.add(QemuStatus.note(values)));
    processors.forEach(values -> notes.add(OwnStatus.note(values)));
    return notes;
  }

  /**
   * Reads the processors out of the notes of a machine. Where there are notes of several kinds, our
   * own are taken before QEMU's, and those before NT_PRSTATUS.
   *
   * @param notes the bytes of all notes
   * @param architecture that of the machine
   * @return the registers of each processor; empty if no note has any
   */
  public static List<RegisterValues> read(ByteBuffer notes, Architecture architecture) {
    List<RegisterValues> own = new ArrayList<>();
    List<RegisterValues> qemu = new ArrayList<>();
    List<RegisterValues> status = new ArrayList<>();
    ElfNote.forEach(
        notes,
        note -> {
          OwnStatus.read(note, architecture).ifPresent(own::add);
          QemuStatus.read(note, architecture).ifPresent(qemu::add);
          ThreadStatus.of(architecture).read(note).ifPresent(status::add);
        });
    return !own.isEmpty() ? own : qemu.isEmpty() ? status : qemu;
  }
}
