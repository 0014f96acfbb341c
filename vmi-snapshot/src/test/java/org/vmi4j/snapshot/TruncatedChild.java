package org.vmi4j.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.search.BytePattern;

/**
 * Run in a JVM of its own: reads an image until the loops are compiled, truncates it behind its
 * page tables, and reads on. Prints a line for each way of reading: how many MemoryFaults, the
 * first one's message, and how many errors came too late to be one.
 */
final class TruncatedChild {
  /** The virtual address that the tables of the image map to physical 0 and on. */
  static final long VIRTUAL = 0xffff_8000_0000_0000L;

  /** How many pages at the beginning of the image are tables. */
  static final int TABLES = 4;

  private static final int PAGE = TestImages.PAGE;

  private TruncatedChild() {}

  /** A way to read a page's worth at an offset. */
  private interface Reader {
    long read(long offset);
  }

  public static void main(String[] args) throws IOException {
    Path image = Path.of(args[0]);
    int pages = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    try (Vm vm = Vmi.open("file:" + image)) {
      AddressSpace space = AddressSpace.of(vm.physicalMemory(), PagingMode.X86_64, 0);
      byte[] buffer = new byte[PAGE];
      Object[][] ways = {
        {"physical longs", longs(vm.physicalMemory(), 0)},
        {"physical bytes", bytes(vm.physicalMemory(), 0)},
        {"physical blocks", blocks(vm.physicalMemory(), 0, buffer)},
        {"virtual longs", longs(space, VIRTUAL)},
        {"virtual blocks", blocks(space, VIRTUAL, buffer)},
        {"search", search(vm)},
      };
      for (Object[] way : ways) {
        warmUp((Reader) way[1], pages, rounds);
      }
      truncate(image, TABLES * PAGE);
      for (Object[] way : ways) {
        readOn((String) way[0], (Reader) way[1], pages);
      }
      truncate(image, 0);
      readOn("tables", (Reader) ways[3][1], pages);
    }
    System.out.println("done");
  }

  private static void truncate(Path image, long size) throws IOException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.WRITE)) {
      file.truncate(size);
    }
  }

  private static Reader longs(Memory memory, long base) {
    return offset -> {
      long sum = 0;
      for (int at = 0; at < PAGE; at += Long.BYTES) {
        sum += memory.readLong(base + offset + at);
      }
      return sum;
    };
  }

  private static Reader bytes(Memory memory, long base) {
    return offset -> {
      long sum = 0;
      for (int at = 0; at < PAGE; at++) {
        sum += memory.readByte(base + offset + at);
      }
      return sum;
    };
  }

  private static Reader blocks(Memory memory, long base, byte[] buffer) {
    return offset -> {
      memory.read(base + offset, buffer, 0, PAGE);
      return buffer[0];
    };
  }

  private static Reader search(Vm vm) {
    BytePattern pattern = BytePattern.ofText("not there at all");
    return offset -> {
      long[] found = {0};
      pattern.search(
          vm.physicalMemory(),
          offset,
          offset + PAGE,
          Progress.NONE,
          at -> {
            found[0]++;
            return true;
          });
      return found[0];
    };
  }

  private static void warmUp(Reader reader, int pages, int rounds) {
    long sum = 0;
    for (int i = 0; i < rounds; i++) {
      for (int page = 0; page < pages; page++) {
        sum += reader.read((long) page * PAGE);
      }
    }
    System.out.println("warm " + sum);
  }

  private static void readOn(String name, Reader reader, int pages) {
    Losses losses = new Losses();
    for (int page = TABLES; page < pages; page++) {
      losses.readGuarded(reader, (long) page * PAGE);
    }
    losses.drain();
    print(name, losses);
  }

  /** Prints the result. An error that comes even now comes before anything is printed. */
  private static void print(String name, Losses losses) {
    boolean printed = false;
    while (!printed) {
      try {
        System.out.println(name + ": " + losses);
        printed = true;
      } catch (InternalError e) {
        losses.late++;
      }
    }
  }

  /** What reading threw. */
  private static final class Losses {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    private int faults;
    private int late;
    private String first = "";

    /** Reads a page. Compiled code hears of a loss only when it next meets the JVM. */
    void readGuarded(Reader reader, long offset) {
      try {
        try {
          reader.read(offset);
        } catch (MemoryFault fault) {
          first = faults++ == 0 ? fault.getMessage() : first;
        }
        meetTheJvm();
      } catch (InternalError e) {
        late++;
      }
    }

    /** Takes the errors that are still under way, so that they do not end what comes next. */
    void drain() {
      boolean delivered = true;
      while (delivered) {
        try {
          meetTheJvm();
          delivered = false;
        } catch (InternalError e) {
          late++;
        }
      }
    }

    /** Calls that the JVM delivers such an error at; which of them does depends on its release. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void meetTheJvm() {
      for (int i = 0; i < 3; i++) {
        Thread.yield();
        NOWHERE.println(i);
      }
    }

    @Override
    public String toString() {
      return faults + " faults, " + late + " late; " + first;
    }
  }
}
