package org.vmi4j.shell.command.machine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.elf.ThreadStatus;
import org.vmi4j.os.Backing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.LinuxThread;

/**
 * The notes in the core of a process, as Linux writes them (fs/binfmt_elf.c, core(5)): the
 * registers of its threads, who it is, its auxiliary vector, and which files its memory is of.
 */
final class ProcessNotes {
  private static final String OWNER = "CORE";

  /** NT_PRPSINFO, {@code struct elf_prpsinfo} of the 64-bit ABIs. */
  private static final int WHO = 3;

  private static final int WHO_SIZE = 136;
  private static final int NAME_LENGTH = 16;
  private static final int COMMAND_LENGTH = 80;

  /** The letters of pr_sname by pr_state. */
  private static final String STATES = "RSDTZW";

  private static final int AUXILIARY_VECTOR = 6;

  /** NT_FILE: "FILE" in ASCII. */
  private static final int FILES = 0x46494c45;

  private static final long PAGE = 4096;

  private ProcessNotes() {}

  static List<ElfNote> of(LinuxProcess process, List<MemoryRegion> regions) {
    List<ElfNote> notes = new ArrayList<>();
    for (LinuxThread thread : process.threads()) {
      thread
          .userRegisters()
          .ifPresent(
              values ->
                  notes.add(ThreadStatus.of(values.architecture()).note(values, thread.id())));
    }
    // Linux puts the process behind its first thread, and some readers want it there.
    notes.add(Math.min(1, notes.size()), who(process));
    byte[] vector = process.auxiliaryVector();
    if (vector.length > 0) {
      notes.add(new ElfNote(OWNER, AUXILIARY_VECTOR, ByteBuffer.wrap(vector)));
    }
    notes.add(files(regions));
    return notes;
  }

  private static ElfNote who(LinuxProcess process) {
    char state = process.state().letter();
    ByteBuffer who = ByteBuffer.allocate(WHO_SIZE).order(ByteOrder.LITTLE_ENDIAN);
    who.put((byte) Math.max(0, STATES.indexOf(state))).put((byte) state);
    who.put((byte) (state == 'Z' ? 1 : 0)).position(16);
    who.putInt((int) process.uid()).putInt(0).putInt(process.id()).putInt(process.parentId());
    who.position(40).put(text(process.name(), NAME_LENGTH));
    who.put(text(process.commandLine(), COMMAND_LENGTH));
    return new ElfNote(OWNER, WHO, who);
  }

  /** The bytes of a text and at least one zero. */
  private static byte[] text(String text, int length) {
    byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), length);
    bytes[length - 1] = 0;
    return bytes;
  }

  /** How many, the size of a page, and for each start, end and offset in pages; then the names. */
  private static ElfNote files(List<MemoryRegion> regions) {
    List<MemoryRegion> mapped =
        regions.stream().filter(r -> r.backing() instanceof Backing.File).toList();
    List<byte[]> names =
        mapped.stream()
            .map(r -> (r.backing().name() + "\0").getBytes(StandardCharsets.UTF_8))
            .toList();
    int size = (2 + 3 * mapped.size()) * Long.BYTES;
    size += names.stream().mapToInt(name -> name.length).sum();
    ByteBuffer files = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    files.putLong(mapped.size()).putLong(PAGE);
    mapped.forEach(
        r -> files.putLong(r.start()).putLong(r.end()).putLong(r.backing().offset() / PAGE));
    names.forEach(files::put);
    return new ElfNote(OWNER, FILES, files);
  }
}
