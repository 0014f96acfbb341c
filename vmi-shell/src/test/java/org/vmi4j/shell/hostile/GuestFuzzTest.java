package org.vmi4j.shell.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.hostile.GuardedShell.Run;
import org.vmi4j.shell.session.ExitCode;

/**
 * All commands on guests whose structures were changed at random. Every build runs the same cases;
 * tools/fuzz goes on with others: {@code VMI_FUZZ_SECONDS} says for how long, {@code VMI_FUZZ_SEED}
 * which case to begin with. A case is told by its seed alone, so the seed of a failure repeats it:
 * {@code VMI_FUZZ_SEED=SEED VMI_FUZZ_CASES=1}.
 */
class GuestFuzzTest {
  private static final long FIRST_SEED = number("VMI_FUZZ_SEED", 20261125);
  private static final long CASES = number("VMI_FUZZ_CASES", 300);
  private static final long SECONDS = number("VMI_FUZZ_SECONDS", 0);
  private static final int MOST_FAILURES = 10;
  private static final int SEEDS_TO_A_PROFILE = 25;

  private static final Budget OPENING = new Budget(Duration.ofMinutes(2), 1L << 30);
  private static final Budget ANSWER = new Budget(Duration.ofSeconds(10), 256 << 20);

  @TempDir private Path folder;

  private final List<String> failures = new ArrayList<>();
  private HostileGuest guest;
  private GuardedShell shell;

  private static long number(String variable, long otherwise) {
    String value = System.getenv(variable);
    return value == null ? otherwise : Long.parseLong(value);
  }

  @Test
  void everyCommandSurvivesEveryGuest() {
    guest = new HostileGuest("fuzzed");
    GuestMutator mutator = new GuestMutator(guest);
    open();
    guest.memory().record();
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    long seed = FIRST_SEED;
    while (failures.size() < MOST_FAILURES
        && (SECONDS == 0 ? seed < FIRST_SEED + CASES : System.nanoTime() < end)) {
      one(seed, mutator);
      seed++;
    }
    shell.close();
    guest.close();
    assertThat(failures).as("after " + (seed - FIRST_SEED) + " guests").isEmpty();
  }

  /** A shell with the guest as it is open in it. */
  private void open() {
    shell = new GuardedShell();
    Run run = shell.run(OPENING, "info", guest.uri());
    assertThat(run.faults()).isEmpty();
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.OK);
  }

  private void one(long seed, GuestMutator mutator) {
    Random random = new Random(seed);
    if (seed % SEEDS_TO_A_PROFILE == 0) {
      // What a kernel carries is read once when it is opened.
      List<String> changes = mutator.mutateProfile(random);
      shell.close();
      shell = new GuardedShell();
      run(seed, OPENING, changes, commands(random).subList(0, 3));
      reopen();
    } else if (!run(seed, ANSWER, mutator.mutate(random), commands(random))) {
      reopen();
    } else {
      guest.memory().undo();
    }
  }

  private void reopen() {
    guest.memory().undo();
    shell.close();
    open();
  }

  /** Runs commands up to the first one that fails, and returns whether there is none. */
  private boolean run(long seed, Budget budget, List<String> changes, List<List<String>> commands) {
    for (List<String> command : commands) {
      Run run = shell.run(budget, command.toArray(String[]::new));
      List<String> faults = new ArrayList<>(run.faults());
      if (run.code() == ExitCode.USAGE) {
        faults.add("is no command: " + run.err());
      }
      if (!faults.isEmpty()) {
        failures.add(
            String.format(
                Locale.ROOT,
                "VMI_FUZZ_SEED=%d VMI_FUZZ_CASES=1: %s%n    %s%n    changed: %s%n    it said: %s",
                seed,
                run.command(),
                String.join("\n    ", faults),
                String.join("\n             ", changes),
                run.err().lines().limit(12).toList()));
        return false;
      }
    }
    return true;
  }

  /** Each command once, in any order, with arguments that fit the guest. */
  private List<List<String>> commands(Random random) {
    List<LinuxProcess> processes = guest.linux().processes().items();
    String pid = "" + processes.get(random.nextInt(processes.size())).id();
    String program = "" + List.of(1, 99, 104, 111).get(random.nextInt(4));
    String type = List.of("task_struct", "mm_struct", "file", "dentry").get(random.nextInt(4));
    List<List<String>> commands = new ArrayList<>();
    for (String list : List.of("info", "ps", "tree", "threads", "modules", "dmesg")) {
      commands.add(command(random, list));
    }
    for (String ofProcess : List.of("maps", "files", "env")) {
      commands.add(command(random, ofProcess, "--pid", program));
    }
    commands.add(command(random, "files", "--pid", pid));
    commands.add(command(random, "sym", "init_task"));
    commands.add(command(random, "type", type));
    commands.add(command(random, "struct", type, "init_task"));
    commands.add(command(random, "translate", "0x400000", "--pid", program));
    commands.add(command(random, "translate", "init_task"));
    commands.add(command(random, "read", "0x400000", "256", "--pid", program));
    commands.add(command(random, "read", "init_task", "256"));
    commands.add(command(random, "search", "no such text", "--pid", program));
    String core = folder.resolve("core").toString();
    commands.add(List.of("dump", guest.uri(), "--pid", program, "--force", "--write", core));
    Collections.shuffle(commands, random);
    return commands;
  }

  private List<String> command(Random random, String name, String... arguments) {
    List<String> words = new ArrayList<>(List.of(name, guest.uri()));
    words.addAll(List.of(arguments));
    words.addAll(List.of("-o", List.of("table", "json", "csv").get(random.nextInt(3))));
    return words;
  }
}
