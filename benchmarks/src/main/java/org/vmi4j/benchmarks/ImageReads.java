package org.vmi4j.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/** One method for each row of an image in docs/performance.md. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 700, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class ImageReads {
  private static final int PAGE = 4096;
  private static final int ONE = 1000;
  private static final int TASKS = 60;

  /** Where {@link Workload} wrote its files. */
  @Param("")
  public String folder;

  private Vm vm;
  private Linux linux;
  private AddressSpace space;
  private long[] walk;
  private long[] row;
  private long[] cold;
  private long[] random;
  private long[] anywhere;
  private final byte[] page = new byte[PAGE];
  private final BytePattern pattern = BytePattern.ofText(Workload.PATTERN);

  /** Opens the image. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path files = Path.of(folder);
    vm = Vmi.open("file:" + files.resolve("memory.raw"));
    linux = Linux.detect(vm);
    space =
        AddressSpace.of(vm.physicalMemory(), PagingMode.X86_64, Workload.read(files, "root")[0]);
    walk = Workload.read(files, "walk");
    row = Workload.read(files, "row");
    cold = Workload.read(files, "cold");
    random = Workload.read(files, "random");
    anywhere = Workload.read(files, "anywhere");
  }

  /** Closes it. */
  @TearDown(Level.Trial)
  public void close() {
    vm.close();
  }

  /** Four-level walks, of 4096 addresses in turn. */
  @Benchmark
  @OperationsPerInvocation(Workload.WALKS)
  public long walk() {
    long sum = 0;
    for (long va : walk) {
      sum += space.lookup(va);
    }
    return sum;
  }

  /** Pages of 4 KiB by virtual address, the same 500 in a row again and again. */
  @Benchmark
  @OperationsPerInvocation(Workload.ROW)
  public long pageWarm() {
    return pages(row);
  }

  /** Pages of 4 KiB by virtual address, all of memory in turn. */
  @Benchmark
  @OperationsPerInvocation(Workload.COLD)
  public long pageCold() {
    return pages(cold);
  }

  private long pages(long[] addresses) {
    long sum = 0;
    for (long va : addresses) {
      space.read(va, page, 0, PAGE);
      sum += page[7];
    }
    return sum;
  }

  /** Eight bytes by virtual address, always the same ones. */
  @Benchmark
  @OperationsPerInvocation(ONE)
  public long longOne() {
    long sum = 0;
    for (int i = 0; i < ONE; i++) {
      sum += space.readLong(random[0]);
    }
    return sum;
  }

  /** Eight bytes by virtual address, one place in each of 4320 pages in random order. */
  @Benchmark
  @OperationsPerInvocation(Workload.RANDOM)
  public long longRandom() {
    return longs(random);
  }

  /** Eight bytes by virtual address, anywhere in these pages: more than a core's caches hold. */
  @Benchmark
  @OperationsPerInvocation(Workload.ANYWHERE)
  public long longAnywhere() {
    return longs(anywhere);
  }

  private long longs(long[] addresses) {
    long sum = 0;
    for (long va : addresses) {
      sum += space.readLong(va);
    }
    return sum;
  }

  /** The list of processes, with their numbers and names. */
  @Benchmark
  public long processes() {
    long sum = 0;
    int count = 0;
    for (LinuxProcess process : linux.processes()) {
      sum += process.id() + process.name().length();
      count++;
    }
    if (count < TASKS) {
      throw new IllegalStateException("only " + count + " tasks");
    }
    return sum;
  }

  /** A pattern in all of memory, on one core. */
  @Benchmark
  public long searchOneCore() {
    long[] sum = new long[1];
    pattern.search(
        vm.physicalMemory(),
        0,
        vm.physicalMemory().end(),
        Progress.NONE,
        address -> {
          sum[0] += address;
          return true;
        });
    return sum[0];
  }

  /** A pattern in all of memory, on all cores. */
  @Benchmark
  public long searchAllCores() {
    return pattern.searchInParallel(
            vm.physicalMemory(), 0, vm.physicalMemory().end(), Progress.NONE, 1000)
        .length;
  }
}
