package org.vmi4j.os.linux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.Backing;
import org.vmi4j.os.linux.GuestFiles;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.LinuxThread;
import org.vmi4j.profiles.Binder;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;

/** Cores of the bundled guest's target, as it is and forged to be another kind of process. */
class ProcessCoreTest {
  private static final int STATUS = 1;
  private static final int WHO = 3;
  private static final int AUXILIARY_VECTOR = 6;
  private static final int FILES = 0x46494c45;

  @TempDir private Path folder;

  private Vm image;
  private MockMemory memory;
  private Linux linux;
  private LinuxProcess target;
  private byte[] core;

  @BeforeEach
  void open() {
    GuestFiles guest = GuestFiles.bundled();
    image = Vmi.open(guest.uri());
    memory = MockMemory.over(image.physicalMemory(), image.physicalMemory().end());
    linux = Linux.detect(new MockVm("forged", memory).architecture(Architecture.X86_64));
    target = linux.process(guest.targetPid());
  }

  @AfterEach
  void close() {
    image.close();
  }

  private long physical(long va) {
    return Lookup.physical(linux.addressSpace().lookup(va));
  }

  private long offset(String type, String member) {
    Binder binder = linux.profile().binder();
    long offset = binder.field(type, member).offset();
    binder.check();
    return offset;
  }

  private void write() throws IOException {
    Path file = folder.resolve("core");
    target.writeCore(file);
    core = Files.readAllBytes(file);
  }

  private List<ByteBuffer> notes(int type) {
    ByteBuffer file = ByteBuffer.wrap(core).order(ByteOrder.LITTLE_ENDIAN);
    boolean wide = core[4] == 2;
    int start = wide ? (int) file.getLong(64 + 8) : file.getInt(52 + 4);
    int size = wide ? (int) file.getLong(64 + 32) : file.getInt(52 + 16);
    List<ByteBuffer> found = new ArrayList<>();
    ElfNote.forEach(
        file.slice(start, size).order(ByteOrder.LITTLE_ENDIAN),
        note -> {
          if (note.is("CORE", type)) {
            found.add(note.content());
          }
        });
    return found;
  }

  private static String text(ByteBuffer from, int at) {
    StringBuilder text = new StringBuilder();
    for (int i = at; from.get(i) != 0; i++) {
      text.append((char) from.get(i));
    }
    return text.toString();
  }

  @Test
  void aProcessHasItsNumbersAndTheRegistersOfItsThreads() throws IOException {
    write();
    assertThat(core[4]).as("class").isEqualTo((byte) 2);
    List<LinuxThread> threads = target.threads().items();
    assertThat(threads).hasSizeGreaterThan(1);
    assertThat(notes(STATUS))
        .extracting(status -> status.getInt(32))
        .containsExactlyElementsOf(threads.stream().map(LinuxThread::id).toList());
    ByteBuffer who = notes(WHO).get(0);
    assertThat(who.getInt(24)).isEqualTo(target.id());
    assertThat(who.getInt(28)).isEqualTo(target.parentId());
    assertThat(text(who, 40)).isEqualTo(target.name());
    assertThat(target.core(Progress.NONE).broken()).isEmpty();
  }

  @Test
  void aProcessOfANamespaceHasItsInnerNumbers() throws IOException {
    long namespace = 0xffff_8880_1234_5000L;
    int inner = 1;
    for (LinuxThread thread : target.threads()) {
      long pid =
          linux.addressSpace().readLong(thread.address() + offset("task_struct", "thread_pid"));
      long size = linux.profile().types().struct("upid").orElseThrow().size();
      long second = pid + offset("pid", "numbers") + size;
      memory.putInt(physical(pid + offset("pid", "level")), 1);
      memory.putInt(physical(second + offset("upid", "nr")), inner++);
      memory.putLong(physical(second + offset("upid", "ns")), namespace);
    }
    write();
    assertThat(notes(STATUS)).extracting(status -> status.getInt(32)).startsWith(1, 2);
    ByteBuffer who = notes(WHO).get(0);
    assertThat(who.getInt(24)).isEqualTo(1);
    assertThat(who.getInt(28)).as("a parent outside").isZero();
  }

  @Test
  void a32BitProcessHasA32BitCore() throws IOException {
    long mm = linux.addressSpace().readLong(target.address() + offset("task_struct", "mm"));
    long vector = physical(mm + offset("mm_struct", "saved_auxv"));
    memory.putInt(vector, 32).putInt(vector + 4, 0xf7f0_0000);
    memory.putInt(vector + 8, 6).putInt(vector + 12, 4096);
    memory.putLong(vector + 16, 0);
    LinuxThread first = target.threads().items().get(0);
    // The selectors of 32-bit programs (arch/x86/include/asm/segment.h).
    memory.putInt(physical(first.address() + offset("task_struct", "thread.es")), 0x2b_002b);
    memory.putInt(physical(first.address() + offset("task_struct", "thread.fsindex")), 0x63_0000);
    write();
    assertThat(core[4]).as("class").isEqualTo((byte) 1);
    assertThat(ByteBuffer.wrap(core).order(ByteOrder.LITTLE_ENDIAN).getShort(18))
        .as("EM_386")
        .isEqualTo((short) 3);
    ByteBuffer status = notes(STATUS).get(0);
    assertThat(status.limit()).isEqualTo(144);
    assertThat(status.getInt(24)).isEqualTo(target.id());
    assertThat(status.getInt(72 + 12 * 4))
        .as("EIP")
        .isEqualTo((int) first.userRegisters().orElseThrow().get(X86.RIP));
    assertThat(List.of(7, 8, 9, 10))
        .extracting(at -> status.getInt(72 + 4 * at))
        .as("DS, ES, FS, GS")
        .containsExactly(0x2b, 0x2b, 0, 0x63);
    ByteBuffer who = notes(WHO).get(0);
    assertThat(who.limit()).isEqualTo(124);
    assertThat(who.getInt(12)).isEqualTo(target.id());
    assertThat(text(who, 28)).isEqualTo(target.name());
    assertThat(notes(AUXILIARY_VECTOR).get(0).limit()).isEqualTo(24);
    assertThat(notes(FILES).get(0).getInt(4)).as("page size").isEqualTo(4096);
    assertThat(notes(FILES).get(0).getInt(0))
        .as("files below 4 GiB")
        .isEqualTo(
            (int)
                target.regions().items().stream()
                    .filter(region -> region.backing() instanceof Backing.File)
                    .filter(region -> region.damage(4).isEmpty())
                    .count())
        .isPositive();
    assertThat(target.core(Progress.NONE).broken()).as("its regions are above 4 GiB").isPresent();
  }
}
