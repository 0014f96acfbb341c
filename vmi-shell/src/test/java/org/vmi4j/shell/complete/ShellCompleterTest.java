package org.vmi4j.shell.complete;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vmi4j.shell.ShellLine;
import org.vmi4j.shell.session.Session;

/** Completes words on the bundled guest, with nothing but what the commands declare. */
class ShellCompleterTest {
  private static final String GUEST =
      "file:"
          + Path.of("")
              .toAbsolutePath()
              .getParent()
              .resolve("lab/guest/bundled/debian12-amd64/memory.elf.xz");

  private static Session session;
  private static ShellCompleter completer;

  @BeforeAll
  static void open() {
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    session = new Session(out, out);
    completer = new ShellCompleter(session.guest(GUEST, Optional.empty()), ShellLine.of(session));
  }

  @AfterAll
  static void close() {
    session.close();
  }

  private static List<String> words(String before, String word) {
    return completer.words(before.isEmpty() ? List.of() : List.of(before.split(" ", -1)), word);
  }

  @Test
  void commandsAndTheirOptionsAreCompleted() {
    assertThat(words("", "t"))
        .containsExactlyInAnyOrder("trace", "tree", "threads", "translate", "type");
    assertThat(words("", "exi")).containsExactly("exit");
    assertThat(words("help", "mod")).containsExactly("modules");
    assertThat(words("maps", "--p")).containsExactlyInAnyOrder("--pid", "--profile");
    assertThat(words("nonsense", "")).isEmpty();
  }

  @Test
  void parametersAreCompletedFromTheGuest() {
    assertThat(words("sym", "init_tas")).contains("init_task");
    assertThat(words("translate --pid 1", "init_tas")).contains("init_task");
    assertThat(words("type", "list_hea")).contains("list_head");
    assertThat(words("struct", "task_stru")).contains("task_struct");
    assertThat(words("struct task_struct", "init_tas")).contains("init_task");
    assertThat(words("read init_task", "init_tas")).isEmpty();
    for (String command : List.of("maps", "read", "search", "dump", "translate")) {
      assertThat(words(command + " -p", "1")).contains("1").doesNotContain("init_task");
    }
  }

  @Test
  void formatsAreCompleted() {
    assertThat(words("ps -o", "")).containsExactly("table", "json", "jsonl", "csv");
    assertThat(words("profile --format", "")).containsExactly("isf", "rekall");
    assertThat(words("dump --write", "")).isEmpty();
  }
}
