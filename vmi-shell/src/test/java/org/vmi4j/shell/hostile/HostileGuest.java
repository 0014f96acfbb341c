package org.vmi4j.shell.hostile;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.spi.Window;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Profile;
import org.vmi4j.testkit.MockDriver;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.PageTables;
import org.vmi4j.testkit.TableFormat;

/**
 * The bundled guest in the hands of an enemy who owns its kernel: an overlay over its image that
 * can be changed by the names of structures and symbols, with memory of its own for more of them.
 */
final class HostileGuest implements AutoCloseable {
  private static final Path IMAGE =
      Path.of("")
          .toAbsolutePath()
          .getParent()
          .resolve("lab/guest/bundled/debian12-amd64/memory.elf.xz");

  /** How much memory of its own it has behind that of the image, a quarter of it for tables. */
  private static final long OWN_BYTES = 32 << 20;

  private static final int TOP_SHIFT = 39;
  private static final int TOP_ENTRIES = 512;
  private static final long PAGE = TableFormat.X86_64.pageSize();

  private static Vm image;
  private static Linux untouched;

  private final MockMemory memory;
  private final AddressSpace kernel;
  private final PhysicalMemory opened;
  private final MockDriver.Offer offer;

  /** The guest-physical address of its own memory. */
  private final long own;

  private final PageTables ownTables;

  /** The entry of the kernel's top table that its own memory hangs on. */
  private final long ownIndex;

  private long free;

  /** Opens the guest under a name that no other is open under. */
  HostileGuest(String name) {
    Linux linux = untouched();
    own = (image.physicalMemory().end() + Window.SIZE - 1) & -Window.SIZE;
    memory = MockMemory.over(image.physicalMemory(), own + OWN_BYTES);
    opened = memory.open();
    AddressSpace space = linux.kernel().addressSpace();
    kernel = AddressSpace.of(opened, space.mode(), space.root());
    ownTables = new PageTables(memory, TableFormat.X86_64, own);
    ownIndex = freeIndex();
    free = -1L << 48 | ownIndex << TOP_SHIFT;
    offer = MockDriver.offer(name, () -> machine(name));
  }

  private MockVm machine(String name) {
    MockVm vm = new MockVm(name, memory).architecture(linux().kernel().architecture());
    return vm.with(Vcpus.class, image.require(Vcpus.class));
  }

  private static synchronized Linux untouched() {
    if (untouched == null) {
      image = Vmi.open("file:" + IMAGE);
      untouched = Linux.detect(image);
    }
    return untouched;
  }

  /** The URI that opens it. */
  String uri() {
    return offer.uri();
  }

  /** What is in it when nothing is changed. */
  Linux linux() {
    return untouched();
  }

  /** Its memory, to be changed. */
  MockMemory memory() {
    return memory;
  }

  private Profile profile() {
    return linux().kernel().profile();
  }

  /** The guest-physical address behind an address of the kernel. */
  long physical(long va) {
    long lookup = kernel.lookup(va);
    if (!Lookup.isMapped(lookup)) {
      throw new IllegalArgumentException("not mapped: 0x" + Long.toHexString(va));
    }
    return Lookup.physical(lookup);
  }

  /** The first entry of the kernel's half of its top table that is free. */
  private long freeIndex() {
    long index = TOP_ENTRIES / 2;
    while (memory.getLong(kernel.root() + index * Long.BYTES) != 0) {
      index++;
    }
    return index;
  }

  /**
   * Gives the kernel memory of zeros, contiguous in its own addresses and in the guest's, and
   * returns its virtual address.
   */
  long allocate(long bytes) {
    long at = free;
    long length = (bytes + PAGE - 1) & -PAGE;
    free = at + length;
    long frames = own + OWN_BYTES / 4 + (at & (1L << TOP_SHIFT) - 1);
    ownTables.map(at, frames, length);
    for (long page = 0; page < length; page += PAGE) {
      memory.putLong(frames + page, 0);
    }
    long entry = memory.getLong(ownTables.root() + ownIndex * Long.BYTES);
    memory.putLong(kernel.root() + ownIndex * Long.BYTES, entry);
    return at;
  }

  /** The address of a symbol. */
  long symbol(String name) {
    return profile().symbols().address(name).orElseThrow();
  }

  /** The text in which the kernel says where things are. */
  String vmcoreInfo() {
    return Linux.vmcoreInfo(image, Progress.NONE).orElseThrow();
  }

  /** A member by its path. */
  Field field(String type, String path) {
    return profile().types().struct(type).flatMap(struct -> struct.field(path)).orElseThrow();
  }

  /** The size of a structure in bytes. */
  long size(String type) {
    return profile().types().struct(type).orElseThrow().size();
  }

  /** Reads a member of the structure at an address of the kernel. */
  long get(String type, String path, long address) {
    return field(type, path).read(kernel, address);
  }

  /** Changes a member, of 1, 2, 4 or 8 bytes, of the structure at an address of the kernel. */
  void set(String type, String path, long address, long value) {
    Field field = field(type, path);
    byte[] bytes = new byte[(int) field.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> Byte.SIZE * i);
    }
    put(address + field.offset(), bytes);
  }

  /** Copies a structure, with all around its members as it is, to another address. */
  void copy(String type, long from, long to) {
    put(to, kernel.readBytes(from, (int) size(type)));
  }

  /** Puts a pointer or another number of eight bytes at an address of the kernel. */
  void putLong(long va, long value) {
    memory.putLong(physical(va), value);
  }

  /** Puts bytes at an address of the kernel, where they may cross pages. */
  void put(long va, byte... bytes) {
    for (int done = 0; done < bytes.length; ) {
      int inPage = (int) ((va + done) & PAGE - 1);
      int count = Math.min(bytes.length - done, (int) PAGE - inPage);
      memory.put(physical(va + done), Arrays.copyOfRange(bytes, done, done + count));
      done += count;
    }
  }

  /** Puts a text with a zero byte behind it. */
  void put(long va, String text) {
    put(va, (text + "\0").getBytes(StandardCharsets.UTF_8));
  }

  /** The task_struct of a process. */
  long task(int pid) {
    return linux().process(pid).address();
  }

  @Override
  public void close() {
    offer.close();
    opened.close();
  }
}
