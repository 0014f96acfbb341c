package org.vmi4j.shell.command.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.spi.Check;
import org.vmi4j.shell.command.OutputOptions;

class HostCommandsTest {
  @Test
  void machinesAreListed() {
    VmInfo web = machine(3, Optional.of("web01"));
    VmInfo nameless = machine(4, Optional.empty());
    StringWriter out = new StringWriter();
    ListCommand.write(List.of(web, nameless), new OutputOptions().list(out));
    assertThat(out.toString().lines())
        .containsExactly(
            "ID  NAME   UUID                                  TYPE  STATE    VCPUS     MEMORY  URI",
            " 3  web01  00000000-0000-0001-0000-000000000003  PVH   blocked      2  134217728  xen:3",
            " 4         00000000-0000-0001-0000-000000000004  PVH   blocked      2  134217728  xen:4");
  }

  private static VmInfo machine(int id, Optional<String> name) {
    return new VmInfo("xen:" + id, id, name, new UUID(1, id), "PVH", "blocked", 2, 128 << 20);
  }

  @Test
  void nativeAccessIsAskedForWhereJavaWantsIt() {
    assertThat(JavaChecks.nativeAccess(17, true).status()).isEqualTo(Check.Status.OK);
    assertThat(JavaChecks.nativeAccess(24, true).found()).isEqualTo("given");
    Check missing = JavaChecks.nativeAccess(24, false);
    assertThat(missing.status()).isEqualTo(Check.Status.WARNING);
    assertThat(missing.advice()).contains("--enable-native-access=");
  }
}
