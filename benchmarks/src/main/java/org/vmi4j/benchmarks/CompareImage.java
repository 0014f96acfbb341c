package org.vmi4j.benchmarks;

import static org.vmi4j.benchmarks.Row.Goal.nanoseconds;
import static org.vmi4j.benchmarks.Row.Goal.timesC;

import java.nio.file.Path;
import java.util.List;

/** Compares reads of an image with a C loop over the same image. */
public final class CompareImage {
  private static final List<Row> ROWS =
      List.of(
          new Row(
              "4-level walk, 4096 addresses in turn", "walk", "walk", timesC(3), "LibVMI 1729 ns"),
          new Row(
              "read 4 KiB by virtual address, 500 in a row",
              "pageWarm",
              "pageWarm",
              timesC(1.5),
              "LibVMI 114 ns"),
          new Row(
              "read 4 KiB by virtual address, all memory",
              "pageCold",
              "pageCold",
              timesC(1.5),
              "LibVMI 1403 ns"),
          new Row(
              "read 8 bytes by virtual address, one",
              "longOne",
              "longOne",
              nanoseconds(61 / 3.0),
              "LibVMI 61 ns"),
          new Row(
              "read 8 bytes, one in each of 4320 pages", "longRandom", "longRandom", timesC(2), ""),
          new Row(
              "read 8 bytes, anywhere in 4320 pages",
              "longAnywhere",
              "longAnywhere",
              timesC(2),
              "LibVMI 1431 ns"),
          new Row("process list with names", "processes", "", nanoseconds(22_000), "LibVMI 22 us"),
          new Row("search 128 MiB, one core", "searchOneCore", "search", timesC(2), "LibVMI 51 ms"),
          new Row("search 128 MiB, all cores", "searchAllCores", "search", timesC(2), ""));

  private CompareImage() {}

  /** Takes the folder of the work, the guest's URI, the C program, and the number of rounds. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Workload.ofImage(folder, arguments[1]);
    new Comparison(
            ROWS, List.of(arguments[2], folder.toString(), Workload.PATTERN), ImageReads.class)
        .with("folder", folder.toString())
        .run(Integer.parseInt(arguments[3]));
  }
}
