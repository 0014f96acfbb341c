package org.vmi4j.shell.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.profiles.Field;
import org.vmi4j.shell.hostile.GuardedShell.Run;
import org.vmi4j.shell.session.ExitCode;
import org.vmi4j.testkit.PageTables;
import org.vmi4j.testkit.TableFormat;

/**
 * A small guest that makes its inspector's answer large or endless: structures that are shared a
 * million times, lists and tables that lead back to themselves. Every answer ends within a budget,
 * and says what it lacks.
 */
class HostileGuestTest {
  private static final Budget OPENING = new Budget(Duration.ofMinutes(2), 1L << 30);
  private static final Budget ANSWER = new Budget(Duration.ofSeconds(30), 768 << 20);
  private static final int PAGE = 4096;
  private static final int MANY = 1 << 20;

  /** The process of the bundled guest with the most of everything. */
  private static final int TARGET = 104;

  @TempDir private Path folder;

  private HostileGuest guest;
  private GuardedShell shell;

  @BeforeEach
  void open() {
    guest = new HostileGuest("hostile");
    shell = new GuardedShell();
  }

  @AfterEach
  void close() {
    shell.close();
    guest.close();
  }

  /** Runs a command on a guest that is open already, so that only the command is measured. */
  private Run answer(String command, String... arguments) {
    Run opened = shell.run(OPENING, "info", guest.uri());
    assertThat(opened.faults()).isEmpty();
    assertThat(opened.code()).as(opened.err()).isEqualTo(ExitCode.OK);
    List<String> words = new ArrayList<>(List.of(command, guest.uri()));
    words.addAll(List.of(arguments));
    Run run = shell.run(ANSWER, words.toArray(String[]::new));
    assertThat(run.faults()).as(run.command()).isEmpty();
    return run;
  }

  private void assertIncomplete(Run run) {
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(run.err()).contains("incomplete");
  }

  /** 120,000 entries of the kernel's log that share one text of 64 KiB. */
  @Test
  void aLogWhoseEntriesShareOneText() {
    int entries = 120_000;
    int countBits = 17;
    int sizeBits = 17;
    long ring = guest.allocate(PAGE);
    long prb = guest.symbol("prb");
    guest.copy("printk_ringbuffer", guest.linux().kernel().addressSpace().readLong(prb), ring);
    guest.putLong(prb, ring);
    long descriptorSize = guest.size("prb_desc");
    long infoSize = guest.size("printk_info");
    long descriptors = guest.allocate(descriptorSize << countBits);
    long infos = guest.allocate(infoSize << countBits);
    long text = guest.allocate(1L << sizeBits);
    guest.set("printk_ringbuffer", "desc_ring.count_bits", ring, countBits);
    guest.set("printk_ringbuffer", "desc_ring.descs", ring, descriptors);
    guest.set("printk_ringbuffer", "desc_ring.infos", ring, infos);
    guest.set("printk_ringbuffer", "desc_ring.head_id.counter", ring, entries - 1);
    guest.set("printk_ringbuffer", "desc_ring.tail_id.counter", ring, 0);
    guest.set("printk_ringbuffer", "text_data_ring.data", ring, text);
    guest.set("printk_ringbuffer", "text_data_ring.size_bits", ring, sizeBits);
    Field next = guest.field("prb_desc", "text_blk_lpos.next");
    for (int id = 0; id < entries; id++) {
      long descriptor = descriptors + id * descriptorSize;
      guest.set("prb_desc", "state_var.counter", descriptor, 2L << 62 | id);
      guest.putLong(descriptor + next.offset(), 0x1_0008);
      guest.set("printk_info", "text_len", infos + id * infoSize, 0xffff);
    }
    guest.put(text, "A".repeat(1 << 16).getBytes(StandardCharsets.UTF_8));
    assertIncomplete(answer("dmesg"));
  }

  /** Every process has the same million threads, eight bytes apart. */
  @Test
  void threadListsThatShareOneListOfAMillion() {
    long list = guest.allocate(8L * MANY + 2 * PAGE);
    long first = list + PAGE;
    for (long i = 0; i < MANY; i++) {
      guest.putLong(first + 8 * i, first + 8 * (i + 1));
    }
    for (LinuxProcess process : guest.linux().processes()) {
      long signal = guest.get("task_struct", "signal", process.address());
      guest.set("signal_struct", "thread_head.next", signal, first);
    }
    assertIncomplete(answer("threads"));
  }

  /** 24,000 processes with one memory, in which the arguments are 1 MiB long. */
  @Test
  void processesThatShareOneMemoryWithLongArguments() {
    int count = 24_000;
    long mm = guest.allocate(PAGE);
    guest.copy("mm_struct", guest.get("task_struct", "mm", guest.task(TARGET)), mm);
    long start = 0x7000_0000L;
    long page = guest.allocate(PAGE);
    guest.put(page, "A".repeat(PAGE).getBytes(StandardCharsets.UTF_8));
    PageTables tables = user(mm);
    for (int at = 0; at < 1 << 20; at += PAGE) {
      tables.map(start + at, guest.physical(page), PAGE, TableFormat.X86_64.pageFlags() | 4);
    }
    guest.set("mm_struct", "arg_start", mm, start);
    guest.set("mm_struct", "arg_end", mm, start + (1 << 20));
    long init = guest.symbol("init_task");
    long cred = guest.get("task_struct", "cred", init);
    long stride = 576;
    long next = guest.field("task_struct", "tasks").offset();
    long tasks = guest.allocate(count * stride + guest.size("task_struct"));
    for (long task = tasks; task < tasks + count * stride; task += stride) {
      guest.set("task_struct", "mm", task, mm);
      guest.set("task_struct", "cred", task, cred);
      guest.set("task_struct", "real_parent", task, init);
    }
    for (int i = 0; i < count; i++) {
      long task = tasks + i * stride;
      guest.putLong(task + next, i == count - 1 ? init + next : task + stride + next);
    }
    assertThat(guest.get("task_struct", "mm", tasks)).isEqualTo(mm);
    assertThat(guest.get("task_struct", "cred", tasks)).isEqualTo(cred);
    assertThat(guest.get("task_struct", "real_parent", tasks)).isEqualTo(init);
    guest.putLong(init + next, tasks + next);
    assertIncomplete(answer("ps"));
  }

  /** New page tables for the programs of an mm_struct. */
  private PageTables user(long mm) {
    long root = guest.allocate(64L * PAGE);
    guest.set("mm_struct", "pgd", mm, root);
    return new PageTables(guest.memory(), TableFormat.X86_64, guest.physical(root));
  }

  /** A file in a folder that is its own grandparent, so that its path never ends. */
  private long endlessFile() {
    long file = guest.allocate(PAGE);
    long entry = guest.allocate(PAGE);
    long parent = guest.allocate(PAGE);
    long name = guest.allocate(PAGE);
    long fdt = guest.get("files_struct", "fdt", guest.get("task_struct", "files", guest.task(1)));
    long opened = guest.linux().kernel().addressSpace().readLong(guest.get("fdtable", "fd", fdt));
    guest.copy("file", opened, file);
    long real = guest.get("file", "f_path.dentry", opened);
    guest.put(name, "n".repeat(255));
    guest.copy("dentry", real, entry);
    guest.copy("dentry", real, parent);
    guest.set("dentry", "d_parent", entry, parent);
    guest.set("dentry", "d_parent", parent, entry);
    for (long one : new long[] {entry, parent}) {
      guest.set("dentry", "d_name.name", one, name);
      guest.set("dentry", "d_name.len", one, 255);
    }
    guest.set("file", "f_path.dentry", file, entry);
    return file;
  }

  @Test
  void aMillionFilesWithOneEndlessPath() {
    long file = endlessFile();
    long slots = guest.allocate(8L * MANY);
    for (long i = 0; i < MANY; i++) {
      guest.putLong(slots + 8 * i, file);
    }
    long table =
        guest.get("files_struct", "fdt", guest.get("task_struct", "files", guest.task(TARGET)));
    guest.set("fdtable", "max_fds", table, MANY);
    guest.set("fdtable", "fd", table, slots);
    assertIncomplete(answer("files", "--pid", "" + TARGET));
  }

  @Test
  void aMillionRegionsOfOneEndlessPath() {
    long vma = guest.allocate(PAGE);
    guest.set("vm_area_struct", "vm_file", vma, endlessFile());
    guest.set("vm_area_struct", "vm_end", vma, PAGE);
    long mm = guest.get("task_struct", "mm", guest.task(TARGET));
    guest.set("mm_struct", "mm_mt.ma_root", mm, mapleTree(vma, MANY / 2));
    assertIncomplete(answer("maps", "--pid", "" + TARGET));
  }

  /**
   * A maple tree (include/linux/maple_tree.h) with one entry in all slots of its leaves, and the
   * pointer to its root.
   */
  private long mapleTree(long entry, int entries) {
    long pivots = guest.field("maple_range_64", "pivot").offset();
    long slots = guest.field("maple_range_64", "slot").offset();
    int width = 16;
    List<Long> below = IntStream.range(0, entries).mapToObj(i -> entry).toList();
    for (int level = 1; below.size() > 1; level++) {
      long type = level == 1 ? 1 : 2;
      List<Long> nodes = new ArrayList<>();
      long space = guest.allocate(256L * (below.size() + width - 1) / width);
      for (int i = 0; i < below.size(); i += width) {
        long node = space + 256L * nodes.size();
        for (int slot = 0; slot < width && i + slot < below.size(); slot++) {
          guest.putLong(node + slots + 8L * slot, below.get(i + slot));
          if (slot < width - 1) {
            guest.putLong(node + pivots + 8L * slot, level);
          }
        }
        nodes.add(node | type << 3 | 2);
      }
      below = nodes;
    }
    return below.get(0);
  }

  /** Gives all regions of a process the same bounds. */
  private void regions(long start, long end) {
    long mm = guest.get("task_struct", "mm", guest.task(TARGET));
    long vma = guest.allocate(PAGE);
    guest.set("vm_area_struct", "vm_start", vma, start);
    guest.set("vm_area_struct", "vm_end", vma, end);
    guest.set("vm_area_struct", "vm_flags", vma, 7);
    guest.set("mm_struct", "mm_mt.ma_root", mm, mapleTree(vma, 64));
  }

  /** A top table that is its own next table at every level, in all of a program's half. */
  private void selfMap(long mm) {
    PageTables tables = user(mm);
    for (int i = 0; i < 256; i++) {
      guest.memory().putLong(tables.root() + 8L * i, tables.root() | 0x67);
    }
  }

  @Test
  void aSearchOfTablesThatMapThemselvesEnds() {
    selfMap(guest.get("task_struct", "mm", guest.task(TARGET)));
    regions(0, 1L << 47);
    Run run = answer("search", "there is no such text", "--pid", "" + TARGET);
    assertIncomplete(run);
    assertThat(run.err()).contains("the page tables map more than");
  }

  @Test
  void aDumpOfTablesThatMapThemselvesEnds() {
    selfMap(guest.get("task_struct", "mm", guest.task(TARGET)));
    regions(0, 1L << 47);
    String file = folder.resolve("core").toString();
    Run run = answer("dump", "--pid", "" + TARGET, "--write", file);
    assertThat(run.code()).isIn(ExitCode.INCOMPLETE, ExitCode.FAILED);
  }

  @Test
  void regionsInTheKernelsHalfAreNotSearched() {
    regions(-1L << 47, -1);
    Run run = answer("search", "Linux version ", "--pid", "" + TARGET);
    assertIncomplete(run);
    assertThat(run.err()).contains("is left out");
    assertThat(run.out()).doesNotContain("0xffff");
  }

  @Test
  void regionsThatEndBeforeTheyStartAreNotSearched() {
    regions(0x7000_0000, 0x1000);
    Run run = answer("search", "there is no such text", "--pid", "" + TARGET);
    assertIncomplete(run);
    assertThat(run.err()).contains("is left out");
  }

  @Test
  void regionsThatEndBeforeTheyStartAreNotDumped() {
    regions(0x7000_0000, 0x1000);
    Run run = answer("dump", "--pid", "" + TARGET, "--write", folder.resolve("core").toString());
    assertThat(run.code()).isNotEqualTo(ExitCode.USAGE);
  }

  @Test
  void regionsInTheKernelsHalfAreNotDumped() throws Exception {
    regions(-1L << 47, -1);
    Path core = folder.resolve("core");
    Run run = answer("dump", "--pid", "" + TARGET, "--write", core.toString());
    assertThat(run.code()).isNotEqualTo(ExitCode.USAGE);
    if (Files.exists(core)) {
      assertThat(core).satisfies(file -> assertThat(Files.size(file)).isLessThan(64 << 20));
    }
  }

  /** Parents in a loop, and one that is its own. */
  @Test
  void processesWhoseParentsFormACircleAreShown() {
    guest.set("task_struct", "real_parent", guest.task(99), guest.task(100));
    guest.set("task_struct", "real_parent", guest.task(100), guest.task(99));
    guest.set("task_struct", "real_parent", guest.task(101), guest.task(101));
    Run run = answer("tree");
    for (LinuxProcess process : guest.linux().processes()) {
      assertThat(run.out()).containsPattern("(?m)^ *" + process.id() + " ");
    }
  }

  /** A function whose parameters are pointers to it, in the kernel's own types. */
  @Test
  void aTypeThatLeadsBackToItselfIsShown() {
    BtfEditor types = new BtfEditor(guest);
    types.makeParametersPointAtTheirFunction();
    Run run = answer("type", "file_operations");
    assertThat(run.code()).isNotEqualTo(ExitCode.USAGE);
  }

  /** Escape sequences, and marks that turn the text around, in every name that the guest has. */
  @Test
  void namesThatTakeOverATerminalAreMadeHarmless() {
    byte[] name = "\u001b]0;x\u0007\u202e".getBytes(StandardCharsets.UTF_8);
    for (LinuxProcess process : guest.linux().processes()) {
      guest.put(process.address() + guest.field("task_struct", "comm").offset(), name);
    }
    for (String command : List.of("ps", "tree", "threads")) {
      for (String format : List.of("table", "json", "csv")) {
        answer(command, "-o", format);
      }
    }
  }
}
