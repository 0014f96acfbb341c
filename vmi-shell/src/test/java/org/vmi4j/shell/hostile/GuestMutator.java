package org.vmi4j.shell.hostile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.profiles.Field;

/**
 * Changes structures of a guest at random: pointers lead elsewhere, lengths grow, lists become
 * loops, bytes flip, page tables lead to themselves.
 */
final class GuestMutator {
  private static final int MOST_CHANGES = 8;
  private static final int ENTRY = 8;
  private static final int PAGE = 4096;
  private static final int NODE = 256;
  private static final String TABLE = "page table";
  private static final String NODE_TYPE = "maple node";

  /** Of each structure the members that an inspector reads. */
  private static final Map<String, List<String>> MEMBERS =
      Map.ofEntries(
          Map.entry(
              "task_struct",
              List.of(
                  "tasks.next",
                  "pid",
                  "tgid",
                  "comm",
                  "real_parent",
                  "__state",
                  "exit_state",
                  "start_boottime",
                  "cred",
                  "mm",
                  "signal",
                  "thread_node.next",
                  "flags",
                  "files",
                  "stack",
                  "on_cpu",
                  "thread_info.cpu")),
          Map.entry(
              "mm_struct",
              List.of(
                  "pgd",
                  "arg_start",
                  "arg_end",
                  "env_start",
                  "env_end",
                  "mm_mt.ma_root",
                  "start_stack",
                  "start_brk",
                  "brk")),
          Map.entry(
              "vm_area_struct",
              List.of(
                  "vm_start",
                  "vm_end",
                  "vm_flags",
                  "vm_pgoff",
                  "vm_file",
                  "vm_ops",
                  "vm_private_data")),
          Map.entry("files_struct", List.of("fdt")),
          Map.entry("fdtable", List.of("max_fds", "fd")),
          Map.entry("file", List.of("f_pos", "f_flags", "f_path.dentry", "f_path.mnt")),
          Map.entry(
              "dentry",
              List.of("d_parent", "d_name.name", "d_name.len", "d_hash.pprev", "d_inode", "d_sb")),
          Map.entry("inode", List.of("i_ino")),
          Map.entry("super_block", List.of("s_magic")),
          Map.entry("mount", List.of("mnt_parent", "mnt_mountpoint", "mnt.mnt_root")),
          Map.entry("cred", List.of("uid.val")),
          Map.entry("signal_struct", List.of("thread_head.next")),
          Map.entry(
              "module",
              List.of("list.next", "name", "state", "core_layout.base", "core_layout.size")),
          Map.entry(
              "printk_ringbuffer",
              List.of(
                  "desc_ring.count_bits",
                  "desc_ring.descs",
                  "desc_ring.infos",
                  "desc_ring.head_id.counter",
                  "desc_ring.tail_id.counter",
                  "text_data_ring.data",
                  "text_data_ring.size_bits")),
          Map.entry(
              "prb_desc",
              List.of("state_var.counter", "text_blk_lpos.begin", "text_blk_lpos.next")),
          Map.entry("printk_info", List.of("ts_nsec", "text_len", "level")));

  /** Where structures are found from others: a member, and what it points at. */
  private static final List<Edge> EDGES =
      List.of(
          new Edge("task_struct", "mm", "mm_struct"),
          new Edge("task_struct", "cred", "cred"),
          new Edge("task_struct", "signal", "signal_struct"),
          new Edge("task_struct", "files", "files_struct"),
          new Edge("files_struct", "fdt", "fdtable"),
          new Edge("mm_struct", "pgd", TABLE),
          new Edge("mm_struct", "mm_mt.ma_root", NODE_TYPE),
          new Edge("vm_area_struct", "vm_file", "file"),
          new Edge("file", "f_path.dentry", "dentry"),
          new Edge("dentry", "d_parent", "dentry"),
          new Edge("dentry", "d_inode", "inode"),
          new Edge("dentry", "d_sb", "super_block"),
          new Edge("mount", "mnt_parent", "mount"),
          new Edge("printk_ringbuffer", "desc_ring.descs", "prb_desc"),
          new Edge("printk_ringbuffer", "desc_ring.infos", "printk_info"));

  private static final Pattern KALLSYMS =
      Pattern.compile("SYMBOL\\((kallsyms_\\w+)\\)=(\\p{XDigit}+)");

  private record Edge(String from, String member, String to) {}

  /** A structure in the guest. */
  private record Place(String type, long address) {
    @Override
    public String toString() {
      return type + " at 0x" + Long.toHexString(address);
    }
  }

  private final HostileGuest guest;
  private final AddressSpace kernel;
  private final List<Place> places;
  private final Set<Long> mms;
  private final List<Place> carried;

  GuestMutator(HostileGuest guest) {
    this.guest = guest;
    this.kernel = guest.linux().kernel().addressSpace();
    Set<Place> found = new LinkedHashSet<>();
    mms =
        guest.linux().processes().stream()
            .map(process -> guest.get("task_struct", "mm", process.address()))
            .filter(mm -> mm != 0)
            .collect(Collectors.toSet());
    for (LinuxProcess process : guest.linux().processes()) {
      collect(new Place("task_struct", process.address()), found);
    }
    long module = kernel.readLong(guest.symbol("modules"));
    while (module != guest.symbol("modules")) {
      collect(new Place("module", module - guest.field("module", "list").offset()), found);
      module = kernel.readLong(module);
    }
    collect(new Place("printk_ringbuffer", kernel.readLong(guest.symbol("prb"))), found);
    found.add(new Place(TABLE, kernel.root()));
    places = List.copyOf(found);
    carried =
        Stream.concat(
                Stream.of(
                    new Place("BTF", guest.symbol("__start_BTF")),
                    new Place("VMCOREINFO", kernel.readLong(guest.symbol("vmcoreinfo_data"))),
                    new Place("linux_banner", guest.symbol("linux_banner"))),
                KALLSYMS
                    .matcher(guest.vmcoreInfo())
                    .results()
                    .map(
                        line ->
                            new Place(line.group(1), Long.parseUnsignedLong(line.group(2), 16))))
            .toList();
  }

  /** Adds a structure and all that it leads to. */
  private void collect(Place place, Set<Place> found) {
    if (place.address() == 0 || !found.add(place)) {
      return;
    }
    EDGES.stream()
        .filter(edge -> edge.from().equals(place.type()))
        .forEach(edge -> collect(target(edge, place), found));
    switch (place.type()) {
      case "fdtable" -> {
        long slots = guest.get("fdtable", "fd", place.address());
        long count = guest.get("fdtable", "max_fds", place.address());
        for (int fd = 0; fd < count; fd++) {
          collect(new Place("file", kernel.readLong(slots + (long) ENTRY * fd)), found);
        }
      }
      case "file" -> {
        long mount = guest.get("file", "f_path.mnt", place.address());
        collect(new Place("mount", mount - guest.field("mount", "mnt").offset()), found);
      }
      case NODE_TYPE -> {
        for (int at = 0; at < NODE; at += ENTRY) {
          collect(vma(kernel.readLong(place.address() + at)), found);
        }
      }
      default -> {}
    }
  }

  private Place target(Edge edge, Place from) {
    long pointer = guest.get(edge.from(), edge.member(), from.address());
    return edge.to().equals(TABLE)
        ? new Place(TABLE, pointer == 0 ? 0 : guest.physical(pointer))
        : new Place(edge.to(), edge.to().equals(NODE_TYPE) ? pointer & -NODE : pointer);
  }

  /** The region that a word of a node points at, if it is one; an address of 0 otherwise. */
  private Place vma(long word) {
    try {
      long owner = word < 0 ? guest.get("vm_area_struct", "vm_mm", word) : 0;
      return new Place("vm_area_struct", mms.contains(owner) ? word : 0);
    } catch (MemoryFault e) {
      return new Place("vm_area_struct", 0);
    }
  }

  /** How many structures there are to change. */
  int places() {
    return places.size();
  }

  /** Changes some of them, and says what was changed. */
  List<String> mutate(Random random) {
    // Page tables last: those of the kernel lead to all the others.
    return random
        .ints(1 + random.nextInt(MOST_CHANGES), 0, places.size())
        .mapToObj(places::get)
        .sorted(Comparator.comparing(place -> place.type().equals(TABLE)))
        .toList()
        .stream()
        .map(place -> change(place, random))
        .toList();
  }

  /**
   * Changes what the kernel carries to be understood by: VMCOREINFO, kallsyms, BTF. It says what
   * was changed.
   */
  List<String> mutateProfile(Random random) {
    List<Place> texts = new ArrayList<>(carried);
    return random
        .ints(1 + random.nextInt(MOST_CHANGES), 0, texts.size())
        .mapToObj(texts::get)
        .map(place -> bytes(place, random))
        .toList();
  }

  private String bytes(Place place, Random random) {
    long at = place.address() + random.nextInt(random.nextBoolean() ? NODE : 1 << 16);
    byte[] rubbish = new byte[1 + random.nextInt(2 * ENTRY)];
    random.nextBytes(rubbish);
    guest.put(at, rubbish);
    return String.format(Locale.ROOT, "%s, %d bytes at 0x%x", place, rubbish.length, at);
  }

  private String change(Place place, Random random) {
    switch (place.type()) {
      case TABLE -> {
        long entry = place.address() + (long) ENTRY * random.nextInt(PAGE / ENTRY);
        long value =
            random.nextBoolean()
                ? place.address() | 0x67
                : guest.memory().getLong(entry) ^ 1L << random.nextInt(Long.SIZE);
        guest.memory().putLong(entry, value);
        return place + ", entry at 0x" + Long.toHexString(entry) + " = " + hex(value);
      }
      case NODE_TYPE -> {
        long word = place.address() + (long) ENTRY * random.nextInt(NODE / ENTRY);
        long value = value(kernel.readLong(word), place, random);
        guest.putLong(word, value);
        return place + ", word at 0x" + Long.toHexString(word) + " = " + hex(value);
      }
      default -> {
        List<String> members = MEMBERS.get(place.type());
        return member(place, members.get(random.nextInt(members.size())), random);
      }
    }
  }

  private String member(Place place, String name, Random random) {
    Field field = guest.field(place.type(), name);
    if (field.size() == 1 || field.size() == 2 || field.size() == 4 || field.size() == 8) {
      long value = value(field.read(kernel, place.address()), place, random);
      guest.set(place.type(), name, place.address(), value);
      return place + ", " + name + " = " + hex(value);
    }
    byte[] text = new byte[(int) field.size()];
    random.nextBytes(text);
    // Rubbish, or a text that takes over a terminal.
    byte[] escape = "\u001b[2J\u0007\u202e\u0085\"=1,".getBytes(StandardCharsets.UTF_8);
    if (random.nextBoolean()) {
      System.arraycopy(escape, 0, text, 0, Math.min(escape.length, text.length));
    }
    guest.put(place.address() + field.offset(), text);
    return String.format(Locale.ROOT, "%s, %s = %d random bytes", place, name, text.length);
  }

  /** A value that was never meant for a place. */
  private long value(long old, Place place, Random random) {
    long other = places.get(random.nextInt(places.size())).address();
    return switch (random.nextInt(12)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> random.nextLong();
      case 3 -> 1L << random.nextInt(Long.SIZE);
      case 4 -> old ^ 1L << random.nextInt(Long.SIZE);
      case 5 -> old + random.nextInt(2 * PAGE) - PAGE;
      case 6 -> place.address();
      case 7 -> place.address() + (long) ENTRY * random.nextInt(PAGE);
      case 8 -> other + (long) ENTRY * random.nextInt(NODE);
      case 9 -> (1L << random.nextInt(Long.SIZE)) - 1;
      case 10 -> Long.MIN_VALUE;
      default -> other;
    };
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
