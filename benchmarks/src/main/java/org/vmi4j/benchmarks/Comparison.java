package org.vmi4j.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the C loops and the benchmarks in turn, round by round, so that both see the same machine,
 * and prints the medians side by side.
 */
final class Comparison {
  private static final int MEDIAN = 50;

  private final List<Row> rows;
  private final List<String> loops;
  private final OptionsBuilder options = new OptionsBuilder();
  private final Samples java = new Samples();
  private final Samples c = new Samples();

  /**
   * Prepares it.
   *
   * @param loops the command of the C program, which prints a name and nanoseconds a line
   * @param benchmarks the class that has the rows' benchmarks
   */
  Comparison(List<Row> rows, List<String> loops, Class<?> benchmarks) {
    this.rows = rows;
    this.loops = loops;
    String names = rows.stream().map(Row::name).distinct().collect(Collectors.joining("|"));
    options
        .include("\\." + benchmarks.getSimpleName() + "\\.(" + names + ")$")
        .forks(1)
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }

  /** Gives the benchmarks a parameter. */
  Comparison with(String parameter, String value) {
    options.param(parameter, value);
    return this;
  }

  /** Measures so many rounds, and prints the table. */
  void run(int rounds) throws IOException, InterruptedException, RunnerException {
    for (int round = 1; round <= rounds; round++) {
      System.err.println("round " + round + " of " + rounds);
      runC();
      runJava();
      runC();
    }
    System.out.println("| work | vmi4j | lowest to highest | C | ratio | to reach | | elsewhere |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
    rows.forEach(row -> System.out.println(row.markdown(java, c)));
  }

  private void runC() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(loops).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", loops) + " failed");
    }
    output
        .lines()
        .map(line -> line.split(" ", -1))
        .forEach(pair -> c.add(pair[0], Double.parseDouble(pair[1])));
  }

  private void runJava() throws RunnerException {
    for (RunResult result : new Runner(options.build()).run()) {
      String name = result.getPrimaryResult().getLabel();
      result
          .getAggregatedResult()
          .getIterationResults()
          .forEach(
              iteration ->
                  java.add(
                      name, iteration.getPrimaryResult().getStatistics().getPercentile(MEDIAN)));
    }
  }
}
