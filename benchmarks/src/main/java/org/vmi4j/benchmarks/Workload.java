package org.vmi4j.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.Window;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/**
 * The same work for Java and for C: the top page table of one of a guest's processes, and lists of
 * addresses; for images, a raw image as well. All lies in one folder, as files that both read.
 */
final class Workload {
  static final int WALKS = 4096;
  static final int ROW = 500;
  static final int RANDOM = 4320;
  static final int ANYWHERE = 1 << 18;
  static final int COLD = 32_000;
  static final int WINDOWS = 60;
  static final String PATTERN = "Linux version 6.1.0";

  private static final String PROCESS = "vmi-target";
  private static final int PAGE = 4096;
  private static final long IMAGE = 128L << 20;
  private static final long KERNEL_HALF = 0xffff_8000_0000_0000L;

  private Workload() {}

  /** Writes the raw image of a guest and the lists. */
  static void ofImage(Path folder, String guest) throws IOException {
    Files.createDirectories(folder);
    try (Vm vm = Vmi.open(guest)) {
      try (OutputStream out =
          new BufferedOutputStream(Files.newOutputStream(folder.resolve("memory.raw")))) {
        byte[] chunk = new byte[1 << 20];
        for (long at = 0; at < IMAGE; at += chunk.length) {
          vm.physicalMemory().read(at, chunk, 0, chunk.length);
          out.write(chunk);
        }
      }
      Linux linux = Linux.detect(vm);
      AddressSpace space = space(vm, linux);
      List<Long> pages = smallPages(space, pa -> pa < IMAGE);
      writeReads(folder, space, pages);
      write(folder, "cold", everyPage(linux));
      Random random = new Random(2);
      long[] chosen = read(folder, "random");
      write(
          folder,
          "anywhere",
          IntStream.range(0, ANYWHERE)
              .mapToObj(i -> (chosen[random.nextInt(RANDOM)] & -PAGE) + 8L * random.nextInt(512))
              .toList());
    }
  }

  /** Writes the lists of a running domain. */
  static void ofDomain(Path folder, Vm vm) throws IOException {
    Files.createDirectories(folder);
    AddressSpace space = space(vm, Linux.detect(vm));
    writeReads(folder, space, smallPages(space, vm.physicalMemory()::isPresent));
    write(folder, "windows", windows(vm.physicalMemory()));
  }

  private static void writeReads(Path folder, AddressSpace space, List<Long> pages)
      throws IOException {
    write(folder, "root", List.of(space.root()));
    write(folder, "walk", pages.subList(0, WALKS));
    write(folder, "row", row(space));
    List<Long> shuffled = new ArrayList<>(pages);
    Random random = new Random(1);
    Collections.shuffle(shuffled, random);
    write(
        folder,
        "random",
        shuffled.subList(0, RANDOM).stream().map(va -> va + 8L * random.nextInt(512)).toList());
  }

  /** Without what only Linux knows: to the C loop an entry is present or it is not. */
  private static AddressSpace space(Vm vm, Linux linux) {
    return AddressSpace.of(
        vm.physicalMemory(), PagingMode.X86_64, process(linux).addressSpace().root());
  }

  /** A page that is there in each of so many windows. */
  private static List<Long> windows(PhysicalMemory memory) {
    Set<Long> windows = new LinkedHashSet<>();
    List<Long> pages = new ArrayList<>();
    memory.forEachExtent(
        0,
        memory.end(),
        (address, bytes) -> {
          if (windows.add(address / Window.SIZE)) {
            pages.add(address);
          }
          return pages.size() < WINDOWS;
        });
    if (pages.size() < WINDOWS) {
      throw new VmiException(
          "the domain has memory in " + pages.size() + " windows, and not in " + WINDOWS);
    }
    return pages;
  }

  static LinuxProcess process(Linux linux) {
    return linux.processes().stream()
        .filter(process -> process.name().equals(PROCESS))
        .findFirst()
        .orElseThrow(() -> new VmiException("the guest has no process " + PROCESS));
  }

  /** The pages of 4 KiB of a process and its kernel: their walks take all four levels. */
  private static List<Long> smallPages(AddressSpace space, LongPredicate isThere) {
    List<Long> pages = new ArrayList<>();
    AddressSpace.PageVisitor visitor =
        (va, pa, length) -> {
          if (length == PAGE && isThere.test(pa)) {
            pages.add(va);
          }
          return pages.size() < 100_000;
        };
    space.forEachPage(0, -KERNEL_HALF - 1, visitor);
    space.forEachPage(KERNEL_HALF, -1, visitor);
    return pages;
  }

  /** So many pages that follow each other. */
  private static List<Long> row(AddressSpace space) {
    List<Long> row = new ArrayList<>();
    space.forEachPage(
        0,
        -KERNEL_HALF - 1,
        (va, pa, length) -> {
          if (!row.isEmpty() && row.get(row.size() - 1) + PAGE != va) {
            row.clear();
          }
          row.add(va);
          return row.size() < ROW;
        });
    if (row.size() < ROW) {
      throw new VmiException("the process has no " + ROW + " pages in a row");
    }
    return row;
  }

  /** All of memory, as the kernel maps it: far more than the processor's caches hold. */
  private static List<Long> everyPage(Linux linux) {
    long base =
        linux
            .kernel()
            .addressSpace()
            .readLong(linux.kernel().profile().symbols().address("page_offset_base").orElseThrow());
    List<Long> pages = new ArrayList<>();
    for (long i = 0; i < COLD; i++) {
      pages.add(base + i * PAGE);
    }
    return pages;
  }

  private static void write(Path folder, String name, List<Long> numbers) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    numbers.forEach(bytes::putLong);
    Files.write(folder.resolve(name), bytes.array());
  }

  static long[] read(Path folder, String name) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
    long[] numbers = new long[bytes.limit() / Long.BYTES];
    bytes.asLongBuffer().get(numbers);
    return numbers;
  }
}
