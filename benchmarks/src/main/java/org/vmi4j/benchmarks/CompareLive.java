package org.vmi4j.benchmarks;

import static org.vmi4j.benchmarks.Row.Goal.NONE;
import static org.vmi4j.benchmarks.Row.Goal.timesC;

import com.google.common.io.Closer;
import java.nio.file.Path;
import java.util.List;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;

/** Compares reads of a running domain with a C program over libxenforeignmemory. */
public final class CompareLive {
  private static final int CONTROL_DOMAIN = 0;
  private static final String TINY_VMI = "TinyVMI 3.7 us, LibVMI 5.7 us";
  private static final List<Row> ROWS =
      List.of(
          new Row("first read of a window, which maps it", "window", "window", timesC(1.2), ""),
          new Row("4-level walk, 4096 addresses in turn", "walk", "walk", timesC(3), ""),
          new Row("read 8 bytes, one in each of 4320 pages", "random", "random", timesC(3), ""),
          new Row("walk and read 4 KiB, 500 in a row", "row", "row", timesC(3), ""),
          new Row("the same; C maps page by page", "row", "rowByPage", NONE, TINY_VMI),
          new Row("the same; C maps each page each time", "row", "rowEachTime", NONE, TINY_VMI),
          new Row("the same, with nothing mapped before", "rowFresh", "rowFresh", NONE, ""),
          new Row(
              "the same, with nothing mapped before; C maps page by page",
              "rowFresh",
              "rowFreshByPage",
              NONE,
              TINY_VMI));

  private CompareLive() {}

  /**
   * Takes the folder of the work, the domain's name, the C program, and the number of rounds. All
   * domains are paused meanwhile, since they share a processor of the lab with us.
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int domain = number(arguments[1]);
    try (Closer open = Closer.create()) {
      for (VmInfo machine : Vmi.list("xen:")) {
        if (machine.id() != CONTROL_DOMAIN) {
          Vm vm = Vmi.open(uri(machine.id()));
          open.register(vm::close);
          open.register(vm.require(Pausing.class).pause()::close);
        }
      }
      Vm vm = Vmi.open(uri(domain));
      open.register(vm::close);
      Workload.ofDomain(folder, vm);
      new Comparison(
              ROWS,
              List.of(arguments[2], folder.toString(), Integer.toString(domain)),
              LiveReads.class)
          .with("folder", folder.toString())
          .with("uri", uri(domain))
          .run(Integer.parseInt(arguments[3]));
    }
  }

  private static String uri(int domain) {
    return "xen:" + domain;
  }

  private static int number(String name) {
    return Vmi.list("xen:").stream()
        .filter(machine -> machine.name().filter(name::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> new VmiException("there is no domain " + name))
        .id();
  }
}
