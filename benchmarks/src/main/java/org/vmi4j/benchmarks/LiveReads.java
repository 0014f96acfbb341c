package org.vmi4j.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;

/**
 * One method for each row of a running domain in docs/performance.md. It takes an emulated
 * processor long to compile, so that warming up takes longer than measuring.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 8)
@Measurement(iterations = 5, time = 1)
public class LiveReads {
  private static final int PAGE = 4096;
  private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(300);
  private static final int OPENED_TO_WARM_UP = 60;
  private static final int OPENED = 20;

  /** What {@link Workload} wrote. */
  @State(Scope.Benchmark)
  public static class Work {
    /** Where it is. */
    @Param("")
    public String folder;

    /** Opens the domain. */
    @Param("")
    public String uri;

    private long root;
    private long[] windows;
    private long[] walk;
    private long[] row;
    private long[] random;

    /** Reads it. */
    @Setup
    public void read() throws IOException {
      Path files = Path.of(folder);
      root = Workload.read(files, "root")[0];
      windows = Workload.read(files, "windows");
      walk = Workload.read(files, "walk");
      row = Workload.read(files, "row");
      random = Workload.read(files, "random");
    }
  }

  /** A domain that is open, of which more and more is mapped. */
  @State(Scope.Benchmark)
  public static class Kept extends Domain {
    /** Opens it. */
    @Setup
    public void open(Work work) {
      open(work.uri, work.root);
    }

    /** Closes it. */
    @TearDown
    public void end() {
      close();
    }
  }

  /** A domain that was just opened, of which nothing is mapped. */
  @State(Scope.Benchmark)
  public static class Fresh extends Domain {
    /** Opens it. */
    @Setup(Level.Iteration)
    public void open(Work work) {
      open(work.uri, work.root);
    }

    /** Closes it. */
    @TearDown(Level.Iteration)
    public void end() {
      close();
    }
  }

  /** A window that was not read before, of a domain that is opened again when all were. */
  @State(Scope.Benchmark)
  public static class NextWindow {
    private final Domain domain = new Domain();
    private int windows;
    private long address;

    /** Chooses it. */
    @Setup(Level.Invocation)
    public void choose(Work work) {
      int next = windows++ % work.windows.length;
      if (next == 0) {
        end();
        domain.open(work.uri, work.root);
      }
      address = work.windows[next];
    }

    /** Closes the domain. */
    @TearDown
    public void end() {
      domain.close();
    }
  }

  /** A domain and the address space of one of its processes. */
  static class Domain {
    private final byte[] page = new byte[PAGE];
    Vm vm;
    AddressSpace space;

    final void open(String uri, long root) {
      vm = Vmi.open(uri);
      space = AddressSpace.of(vm.physicalMemory(), PagingMode.X86_64, root);
    }

    /**
     * What goes on beside the measurement, on the one processor that there may be, is completed
     * here: memory is given back when the garbage collector has run, and methods are compiled.
     */
    final void close() {
      if (vm != null) {
        vm.close();
        vm = null;
        space = null;
        System.gc();
        LockSupport.parkNanos(QUIET);
      }
    }

    final long pages(long[] addresses) {
      long sum = 0;
      for (long va : addresses) {
        space.read(va, page, 0, PAGE);
        sum += page[7];
      }
      return sum;
    }
  }

  /**
   * The first read of a window, which maps it; some 6000 have to be mapped until all is compiled.
   */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @Warmup(iterations = 5, time = 30)
  @Measurement(iterations = 5, time = 4)
  public long window(NextWindow next) {
    return next.domain.vm.physicalMemory().readLong(next.address);
  }

  /** Pages of 4 KiB by virtual address, 500 in a row, with nothing mapped before. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Warmup(iterations = OPENED_TO_WARM_UP)
  @Measurement(iterations = OPENED)
  @OperationsPerInvocation(Workload.ROW)
  public long rowFresh(Work work, Fresh domain) {
    return domain.pages(work.row);
  }

  /** Pages of 4 KiB by virtual address, the same 500 in a row again and again. */
  @Benchmark
  @OperationsPerInvocation(Workload.ROW)
  public long row(Work work, Kept domain) {
    return domain.pages(work.row);
  }

  /** Four-level walks, of 4096 addresses in turn. */
  @Benchmark
  @OperationsPerInvocation(Workload.WALKS)
  public long walk(Work work, Kept domain) {
    long sum = 0;
    for (long va : work.walk) {
      sum += domain.space.lookup(va);
    }
    return sum;
  }

  /** Eight bytes by virtual address, one place in each of 4320 pages in random order. */
  @Benchmark
  @OperationsPerInvocation(Workload.RANDOM)
  public long random(Work work, Kept domain) {
    long sum = 0;
    for (long va : work.random) {
      sum += domain.space.readLong(va);
    }
    return sum;
  }
}
