package org.vmi4j.xen.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class XenHostTest {
  private final XenHost here = new XenHost(Path.of("/"), Optional.empty());

  /** Which a read in two pieces does not give. */
  @Test
  void aFileOfTheKernelIsReadWhole() throws IOException {
    String file = "proc/sys/vm/max_map_count";
    Process cat = new ProcessBuilder("cat", "/" + file).start();
    String content = new String(cat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(here.read(file)).contains(content.strip());
    assertThat(here.number(file).orElseThrow()).isGreaterThan(9);
  }

  @Test
  void whatIsNotThereOrNoNumberIsNone() {
    assertThat(here.read("proc/sys/vm/nothing")).isEmpty();
    assertThat(here.number("proc/version")).isEmpty();
  }
}
