package org.vmi4j.api.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.lifecycle.Teardown.Stage;

/** Ends a JVM with open changes. */
@Timeout(60)
class ExitHookTest {

  /** What runs in a JVM of its own. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      change(Stage.FILES, "file");
      change(Stage.GUESTS, "pause");
      Teardown guest = change(Stage.GUESTS, "breakpoint");
      guest.own(() -> System.out.println("released"));
      System.exit(0);
    }

    private static Teardown change(Stage stage, String what) {
      Teardown stack = new Teardown("a machine", stage);
      stack.change(() -> {}, () -> System.out.println("undo " + what));
      return stack;
    }
  }

  @Test
  void changesAreUndoneAtExitInOrder() throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(said).isZero();
    assertThat(said.lines()).containsExactly("undo breakpoint", "undo pause", "undo file");
  }
}
