package org.vmi4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the C loops and the benchmarks in turn, round by round, so that both see the same machine,
 * and prints the medians side by side.
 */
public final class Compare {
  private static final String[] NAMES = {
    "walk",
    "pageWarm",
    "pageCold",
    "longOne",
    "longRandom",
    "longAnywhere",
    "processes",
    "searchOneCore",
    "searchAllCores"
  };

  /**
   * What each row is held against: the name of C's loop, the ratio or time to reach, and what
   * LibVMI took, measured on another machine on another day.
   */
  private record Row(
      String work, String name, String c, double ratio, double nanoseconds, String libvmi) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("4-level walk, 4096 addresses in turn", "walk", "walk", 3, 0, "1729 ns"),
          new Row(
              "read 4 KiB by virtual address, 500 in a row",
              "pageWarm",
              "pageWarm",
              1.5,
              0,
              "114 ns"),
          new Row(
              "read 4 KiB by virtual address, all memory",
              "pageCold",
              "pageCold",
              1.5,
              0,
              "1403 ns"),
          new Row(
              "read 8 bytes by virtual address, one", "longOne", "longOne", 0, 61 / 3.0, "61 ns"),
          new Row("read 8 bytes, one in each of 4320 pages", "longRandom", "longRandom", 2, 0, ""),
          new Row(
              "read 8 bytes, anywhere in 4320 pages",
              "longAnywhere",
              "longAnywhere",
              2,
              0,
              "1431 ns"),
          new Row("process list with names", "processes", "", 0, 22_000, "22 us"),
          new Row("search 128 MiB, one core", "searchOneCore", "search", 2, 0, "51 ms"),
          new Row("search 128 MiB, all cores", "searchAllCores", "search", 2, 0, ""));

  private final Path folder;
  private final String loop;
  private final Map<String, List<Double>> java = new HashMap<>();
  private final Map<String, List<Double>> c = new HashMap<>();

  private Compare(Path folder, String loop) {
    this.folder = folder;
    this.loop = loop;
  }

  /** Takes the folder of the work, the guest's URI, the C program, and the number of rounds. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Workload.prepare(folder, arguments[1]);
    Compare compare = new Compare(folder, arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    for (int round = 1; round <= rounds; round++) {
      System.err.println("round " + round + " of " + rounds);
      compare.runC();
      compare.runJava();
      compare.runC();
    }
    compare.print();
  }

  private void runC() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(loop, folder.toString(), Workload.PATTERN)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(loop + " failed");
    }
    output
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(pair -> add(c, pair[0], Double.parseDouble(pair[1])));
  }

  private void runJava() throws RunnerException {
    Runner runner =
        new Runner(
            new OptionsBuilder()
                .include(Reads.class.getSimpleName() + "\\.(" + String.join("|", NAMES) + ")$")
                .param("folder", folder.toString())
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.milliseconds(700))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(500))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build());
    for (RunResult result : runner.run()) {
      String name = result.getPrimaryResult().getLabel();
      result
          .getAggregatedResult()
          .getIterationResults()
          .forEach(iteration -> add(java, name, iteration.getPrimaryResult().getScore()));
    }
  }

  private static void add(Map<String, List<Double>> values, String name, double value) {
    values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private void print() {
    System.out.println(
        "| work | vmi4j | lowest to highest | C | ratio | to reach | | LibVMI, elsewhere |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Row row : ROWS) {
      double ours = median(java.get(row.name()));
      boolean compared = !row.c().isEmpty();
      double theirs = compared ? median(c.get(row.c())) : Double.NaN;
      boolean reached = row.ratio() > 0 ? ours <= row.ratio() * theirs : ours <= row.nanoseconds();
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %s to %s | %s | %s | %s | %s | %s |%n",
          row.work(),
          time(ours),
          time(Collections.min(java.get(row.name()))),
          time(Collections.max(java.get(row.name()))),
          compared ? time(theirs) : "",
          compared ? String.format(Locale.ROOT, "%.2f", ours / theirs) : "",
          row.ratio() > 0 ? row.ratio() + " x C" : time(row.nanoseconds()),
          reached ? "reached" : "missed",
          row.libvmi());
    }
  }

  private static String time(double nanoseconds) {
    return nanoseconds < 10_000
        ? String.format(Locale.ROOT, "%.1f ns", nanoseconds)
        : nanoseconds < 1e6
            ? String.format(Locale.ROOT, "%.1f us", nanoseconds / 1e3)
            : String.format(Locale.ROOT, "%.2f ms", nanoseconds / 1e6);
  }
}
