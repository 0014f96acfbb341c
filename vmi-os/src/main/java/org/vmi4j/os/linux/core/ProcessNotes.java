package org.vmi4j.os.linux.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.elf.ThreadStatus;
import org.vmi4j.os.Backing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.task.TaskReader;

/**
 * The notes in the core of a process, as Linux writes them (fs/binfmt_elf.c, core(5)): the
 * registers of its threads, who it is, its auxiliary vector, and which files its memory is of.
 * Numbers of processes are those of the process's own namespace, and a 32-bit process has the
 * structures of its own architecture (fs/compat_binfmt_elf.c).
 */
final class ProcessNotes {
  private static final String OWNER = "CORE";

  /** NT_PRPSINFO, {@code struct elf_prpsinfo}. */
  private static final int WHO = 3;

  private static final int NAME_LENGTH = 16;
  private static final int COMMAND_LENGTH = 80;

  /** The letters of pr_sname by pr_state. */
  private static final String STATES = "RSDTZW";

  private static final int AUXILIARY_VECTOR = 6;

  /** NT_FILE: "FILE" in ASCII. */
  private static final int FILES = 0x46494c45;

  private static final long PAGE = 4096;

  private final TaskReader tasks;
  private final Architecture architecture;
  private final int word;

  ProcessNotes(TaskReader tasks, Architecture architecture) {
    this.tasks = tasks;
    this.architecture = architecture;
    this.word = architecture.pointerSize();
  }

  List<ElfNote> of(long task, long mm, List<MemoryRegion> regions) {
    List<ElfNote> notes = new ArrayList<>();
    ThreadStatus status = ThreadStatus.of(architecture);
    for (long thread : tasks.threads(task, tasks.newBudget(), (each, id, name) -> each)) {
      tasks
          .userRegisters(thread)
          .ifPresent(values -> notes.add(status.note(values, tasks.innerId(thread))));
    }
    // Linux puts the process behind its first thread, and some readers want it there.
    notes.add(Math.min(1, notes.size()), who(task, mm));
    byte[] vector = tasks.auxiliaryVector(mm);
    if (vector.length > 0) {
      notes.add(new ElfNote(OWNER, AUXILIARY_VECTOR, ByteBuffer.wrap(vector)));
    }
    notes.add(files(regions));
    return notes;
  }

  /** In the 32-bit ABIs pr_flag has four bytes, and a user's number two. */
  private ElfNote who(long task, long mm) {
    char state = tasks.state(task).letter();
    boolean wide = word == Long.BYTES;
    ByteBuffer who = ElfNote.content(wide ? 136 : 124);
    who.put((byte) Math.max(0, STATES.indexOf(state))).put((byte) state);
    who.put((byte) (state == 'Z' ? 1 : 0)).position(wide ? 16 : 8);
    if (wide) {
      who.putInt((int) tasks.uid(task)).putInt(0);
    } else {
      who.putShort((short) tasks.uid(task)).putShort((short) 0);
    }
    who.putInt(tasks.innerId(task)).putInt(tasks.innerParentId(task)).putInt(0).putInt(0);
    who.put(text(tasks.name(task), NAME_LENGTH));
    String command = String.join(" ", tasks.arguments(mm, tasks.newBudget()));
    who.put(text(command, COMMAND_LENGTH));
    return new ElfNote(OWNER, WHO, who);
  }

  /** The bytes of a text and at least one zero. */
  private static byte[] text(String text, int length) {
    byte[] bytes = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), length);
    bytes[length - 1] = 0;
    return bytes;
  }

  /** How many, the size of a page, and for each start, end and offset in pages; then the names. */
  private ElfNote files(List<MemoryRegion> regions) {
    List<MemoryRegion> mapped =
        regions.stream().filter(region -> region.backing() instanceof Backing.File).toList();
    List<byte[]> names =
        mapped.stream()
            .map(region -> (region.backing().name() + "\0").getBytes(StandardCharsets.UTF_8))
            .toList();
    int size = (2 + 3 * mapped.size()) * word;
    size += names.stream().mapToInt(name -> name.length).sum();
    ByteBuffer files = ElfNote.content(size);
    putWord(files, mapped.size());
    putWord(files, PAGE);
    for (MemoryRegion region : mapped) {
      putWord(files, region.start());
      putWord(files, region.end());
      putWord(files, region.backing().offset() / PAGE);
    }
    names.forEach(files::put);
    return new ElfNote(OWNER, FILES, files);
  }

  private void putWord(ByteBuffer into, long value) {
    if (word == Long.BYTES) {
      into.putLong(value);
    } else {
      into.putInt((int) value);
    }
  }
}
