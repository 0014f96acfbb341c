package org.vmi4j.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.memory.WindowBudget;

class XenUriTest {
  @TempDir private Path root;
  private XenHost host;

  @BeforeEach
  void makeHost() {
    host = new XenHost(root, Optional.empty());
  }

  private XenUri parse(String uri) {
    return XenUri.parse(VmUri.parse(uri), host);
  }

  @Test
  void halfOfTheMappingsAreForWindowsThatAreKept() throws IOException {
    Path limit = root.resolve("proc/sys/vm/max_map_count");
    assertThat(parse("xen:web01").windows().kept()).isEqualTo(65530 / 2);
    Files.createDirectories(limit.getParent());
    Files.writeString(limit, "1000\n");
    assertThat(parse("xen:web01").windows().kept()).isEqualTo(500);
    Files.writeString(limit, "10\n");
    assertThat(parse("xen:web01").windows().total()).isEqualTo(WindowBudget.LEAST);
  }

  @Test
  void theBoundIsTheNumberThatIsGiven() {
    XenUri uri = parse("xen:web01?windows=1000");
    assertThat(uri.domain()).isEqualTo("web01");
    assertThat(uri.windows().total()).isEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"windows=31", "windows=1", "windows=0", "windows=-1", "windows=x", "windows=", ""})
  void anythingElseIsRefusedWithTheMinimum(String option) {
    assertThatThrownBy(() -> parse("xen:web01?" + option))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("write xen:NAME?windows=N, with N from 32");
  }
}
