package org.vmi4j.shell;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.vmi4j.api.VmiException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.shell.command.OutputOptions;
import org.vmi4j.shell.command.SessionCommand;
import org.vmi4j.shell.command.machine.InfoCommand;
import org.vmi4j.shell.command.process.TreeSink;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Examines the bundled guest. */
@Command(
    name = "demo",
    description = "Examines the bundled guest and prints the time of each step.")
final class DemoCommand extends SessionCommand {
  private static final String SHOWN = "vmi-target";
  private static final int TREE_LINES = 24;

  private final OutputOptions output = new OutputOptions();
  private final Map<String, Long> costs = new LinkedHashMap<>();

  /** A step that returns a result. */
  private interface Step<T> {
    T run();
  }

  @Override
  protected void run() {
    String uri = "file:" + image();
    PrintWriter out = session().out();
    Guest guest = timed("open the image", () -> session().guest(uri, Optional.empty()));
    Linux linux = timed("find the kernel, without a profile", guest::linux);
    session().progress().clear();

    title("What it is: vmi info " + uri);
    try (RecordSink sink = output.single(out)) {
      Row facts = InfoCommand.facts(guest);
      sink.begin(facts.type());
      sink.write(facts);
    }

    Listing<LinuxProcess> processes = timed("list the processes", linux::processes);
    StringWriter text = new StringWriter();
    timed(
        "read their parents and command lines",
        () -> LinuxRecords.tree(linux, processes, new TreeSink(text)));
    List<String> tree = text.toString().lines().toList();
    title("Its processes: vmi tree " + uri);
    tree.stream().limit(TREE_LINES).forEach(out::println);
    out.println("(and " + Math.max(0, tree.size() - TREE_LINES) + " more, threads of the kernel)");

    Listing<LinuxModule> modules = timed("list the modules", linux::modules);
    title("Its kernel modules: vmi modules " + uri);
    print(sink -> LinuxRecords.modules(modules, sink));

    LinuxProcess process =
        processes.stream()
            .filter(candidate -> candidate.name().equals(SHOWN))
            .findFirst()
            .orElseThrow(() -> new VmiException("the bundled guest has no process " + SHOWN));
    Listing<MemoryRegion> regions = timed("read the memory map of one process", process::regions);
    title("The memory of one of them: vmi maps " + uri + " --pid " + process.id());
    print(sink -> LinuxRecords.regions(regions, sink));

    title("Time of each step");
    costs.forEach(
        (step, nanoseconds) ->
            out.println(String.format(Locale.ROOT, "%9.2f ms  %s", nanoseconds / 1e6, step)));
  }

  private void print(Function<RecordSink, List<String>> records) {
    try (RecordSink sink = output.list(session().out())) {
      records.apply(sink).forEach(session()::incomplete);
    }
  }

  private <T> T timed(String step, Step<T> work) {
    long start = System.nanoTime();
    T result = work.run();
    costs.put(step, System.nanoTime() - start);
    return result;
  }

  private void title(String text) {
    session().out().println();
    session().out().println("== " + text);
  }

  /** Returns the image that the launcher names; it is not part of any jar. */
  private static Path image() {
    String known = System.getProperty("vmi.demo", "");
    Path image = Path.of(known);
    if (known.isEmpty() || !Files.exists(image)) {
      throw new VmiException(
          "the bundled guest was not found; run ./vmi demo in a checkout of the project");
    }
    return image;
  }
}
