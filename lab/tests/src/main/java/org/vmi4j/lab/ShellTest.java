package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/**
 * Commands of the shell. All goes through one shell for each guest, since an emulated processor
 * takes long to start a program.
 */
@ParameterizedClass
@MethodSource("org.vmi4j.lab.Truth#all")
class ShellTest {
  private static final Map<Truth, Map<String, String>> ANSWERS = new HashMap<>();
  private static final String PROMPT = "vmi> ";

  /** The number of the kernel thread that is the parent of all others. */
  private static final int KTHREADD = 2;

  private final Truth truth;

  ShellTest(Truth truth) {
    this.truth = truth;
  }

  @AfterAll
  static void removeDumps() throws java.io.IOException {
    for (Truth truth : ANSWERS.keySet()) {
      Files.deleteIfExists(dump(truth));
    }
    ANSWERS.clear();
  }

  private static Path dump(Truth truth) {
    return Path.of("/root", truth.guest() + ".elf");
  }

  private String answer(String command) {
    String said = ANSWERS.computeIfAbsent(truth, ShellTest::session).get(command);
    assertThat(said).as(command).isNotNull();
    return said;
  }

  /** What each command printed. */
  private static Map<String, String> session(Truth truth) {
    List<String> commands =
        List.of(
            "list",
            "doctor",
            "info",
            "ps",
            "maps --pid 1",
            "sym init_task",
            "dump --pause --write " + dump(truth),
            "nonsense");
    String said =
        Dom0.talk(
            String.join("\n", commands) + "\nexit\n",
            Dom0.java("org.vmi4j.shell.Main", "shell", truth.uri()));
    List<String> parts = new ArrayList<>(List.of(said.split(PROMPT, -1)));
    assertThat(parts).as(said).hasSizeGreaterThan(commands.size());
    Map<String, String> answers = new HashMap<>();
    for (int i = 0; i < commands.size(); i++) {
      answers.put(commands.get(i), parts.get(i + 1));
    }
    System.out.println(said);
    return answers;
  }

  @Test
  void listNamesTheGuest() {
    assertThat(answer("list").lines()).anyMatch(line -> line.contains(truth.uri()));
  }

  @Test
  void theDoctorFindsNothingMissing() {
    assertThat(answer("doctor")).contains("hypervisor").doesNotContain("failed");
  }

  @Test
  void infoTellsOfTheKernel() {
    assertThat(answer("info")).contains(truth.lines("version.txt").get(0)).contains("vcpus");
  }

  @Test
  void psShowsTheTarget() {
    assertThat(answer("ps").lines())
        .anyMatch(
            line -> line.strip().startsWith(truth.targetPid() + " ") && line.contains("/target"));
  }

  @Test
  void mapsAndSymbolsAreShown() {
    assertThat(answer("maps --pid 1")).contains("[stack]").contains("busybox");
    assertThat(answer("sym init_task")).containsPattern("init_task +0x[0-9a-f]{16} +[DB?]");
  }

  @Test
  void whatIsWrongIsSaidInALine() {
    assertThat(answer("nonsense")).startsWith("vmi: ").contains("nonsense");
  }

  /** The dump is one that our own driver for images opens, with registers, and finds Linux in. */
  @Test
  void aDumpHoldsTheGuest() {
    assertThat(answer("dump --pause --write " + dump(truth))).contains("written to");
    List<String> running;
    try (Vm vm = Vmi.open(truth.uri())) {
      running = names(Linux.detect(vm));
    }
    try (Vm vm = Vmi.open("file:" + dump(truth))) {
      Linux linux = Linux.detect(vm);
      assertThat(linux.kernel().banner()).isEqualTo(truth.lines("version.txt").get(0));
      assertThat(linux.process(truth.targetPid()).name()).isEqualTo("vmi-target");
      assertThat(vm.require(Vcpus.class).registers()).hasSize(truth.processors());
      assertThat(names(linux)).containsAll(running);
    }
    assertThat(Vmi.list(truth.uri()).get(0).state()).isIn("running", "blocked", "runnable");
  }

  /** The target and the kernel's threads; others come and go. */
  private static List<String> names(Linux linux) {
    return linux.processes().stream()
        .filter(process -> process.name().startsWith("vmi-") || process.parentId() == KTHREADD)
        .map(LinuxProcess::name)
        .filter(name -> !name.startsWith("kworker/"))
        .toList();
  }
}
