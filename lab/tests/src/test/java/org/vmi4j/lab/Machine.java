package org.vmi4j.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A machine of the lab, handled by lab/xen. */
final class Machine {
  private final String name;
  private final Path work;

  /**
   * @param name its name to lab/xen
   * @param work a folder for what comes from it
   */
  Machine(String name, Path work) {
    this.name = name;
    this.work = work;
  }

  /** The names of all machines of the lab. */
  static List<String> names() {
    return output(List.of("status")).lines().map(line -> line.split(" ", 2)[0]).toList();
  }

  boolean isUp() {
    return output(List.of("status")).lines().anyMatch(line -> line.matches(name + " +up,.*"));
  }

  void up() {
    lab("up");
  }

  void down() {
    lab("down");
  }

  /** Runs the tests of a folder of jars in dom0 and returns how each went. */
  Stream<LiveResult> runTests(Path jars) {
    Path truth = work.resolve("truth");
    for (String guest : guests()) {
      lab("truth", guest, create(truth.resolve(guest)).toString());
    }
    lab("run", "rm -rf /root/live /root/truth /root/reports");
    lab("push", truth.toString());
    lab("push", jars.toString());
    // The exit status tells of failed tests, which the reports name.
    exit(
        "run",
        "cd /root && java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -Dlab.truth=/root/truth -Dlab.machine="
            + name
            + " -cp 'live/*' org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=tree"
            + " --disable-ansi-colors --scan-classpath $(echo live/vmi4j-lab-tests-*.jar) --reports-dir reports");
    Path reports = create(work.resolve("reports"));
    lab("pull", "/root/reports/TEST-junit-jupiter.xml", reports.toString());
    return LiveResult.read(reports.resolve("TEST-junit-jupiter.xml"));
  }

  private List<String> guests() {
    return output(named("run", "ls /lab/guests"))
        .lines()
        .map(file -> file.replace(".cfg", ""))
        .toList();
  }

  private void lab(String... arguments) {
    int exit = exit(arguments);
    if (exit != 0) {
      throw new IllegalStateException(
          "lab/xen " + String.join(" ", arguments) + " failed with " + exit);
    }
  }

  private int exit(String... arguments) {
    try {
      // Not inherited: standard output of this JVM belongs to Failsafe's protocol.
      Process process = process(named(arguments)).start();
      process.getInputStream().transferTo(System.out);
      return process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String output(List<String> arguments) {
    try {
      Process process = process(arguments).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The arguments of lab/xen for a command to this machine. */
  private List<String> named(String... arguments) {
    List<String> all = new ArrayList<>(List.of("-m", name));
    all.addAll(List.of(arguments));
    return all;
  }

  private static ProcessBuilder process(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(System.getProperty("lab.command")));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(Redirect.INHERIT);
  }

  private static Path create(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
