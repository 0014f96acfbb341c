package org.vmi4j.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestsTest {

  @Test
  void theToolstackListsEveryGuest() throws IOException {
    Process xl = new ProcessBuilder("xl", "list").redirectErrorStream(true).start();
    List<String> names =
        new String(xl.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .skip(1)
            .map(line -> line.split("\\s", 2)[0])
            .toList();

    assertThat(names).contains("Domain-0");
    assertThat(names).containsAll(Truth.all().stream().map(Truth::guest).toList());
  }
}
