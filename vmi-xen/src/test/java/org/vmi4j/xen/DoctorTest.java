package org.vmi4j.xen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.Check.Status;

class DoctorTest {
  @TempDir private Path folder;

  private FakeXen xen;

  private void hostWith(Map<String, String> files) throws IOException, InterruptedException {
    xen = FakeXen.of(folder, new XenRelease(4, 17));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve("root").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  private Map<String, Check> examine() {
    return new Doctor(xen.host())
        .examine().stream().collect(Collectors.toMap(Check::name, Function.identity()));
  }

  private static Map<String, String> healthy() {
    return Map.of(
        "sys/hypervisor/type", "xen\n",
        "proc/xen/capabilities", "control_d\n",
        "dev/xen/gntdev", "",
        "run/xenstored/socket", "",
        "proc/sys/vm/max_map_count", "65530\n");
  }

  @Test
  void aHostWithEverythingIsFine() throws IOException, InterruptedException {
    hostWith(healthy());
    Map<String, Check> checks = examine();
    assertThat(checks.values())
        .allSatisfy(check -> assertThat(check.status()).as(check.toString()).isEqualTo(Status.OK));
    assertThat(checks.get("hypervisor").found()).isEqualTo("Xen 4.17");
  }

  @Test
  void whatIsMissingIsNamedWithWhatBringsIt() throws IOException, InterruptedException {
    hostWith(healthy());
    Path root = folder.resolve("root");
    Files.delete(root.resolve("dev/xen/privcmd"));
    Files.delete(root.resolve("dev/xen/gntdev"));
    Files.delete(root.resolve("run/xenstored/socket"));
    Files.delete(root.resolve("dev/xen/xenbus"));
    Files.delete(xen.libraries().resolve("libxenforeignmemory.so.1"));
    Files.writeString(root.resolve("proc/xen/capabilities"), "");
    Files.writeString(root.resolve("proc/sys/vm/max_map_count"), "1000");

    Map<String, Check> checks = examine();

    assertThat(checks.get("/dev/xen/privcmd").advice()).contains("modprobe xen-privcmd");
    assertThat(checks.get("/dev/xen/privcmd").status()).isEqualTo(Status.FAILED);
    assertThat(checks.get("/dev/xen/gntdev").status()).isEqualTo(Status.WARNING);
    assertThat(checks.get("xenstore").advice()).contains("start xenstored");
    assertThat(checks.get("libxenforeignmemory").advice())
        .contains("apt-get install libxenforeignmemory1");
    assertThat(checks.get("control domain").status()).isEqualTo(Status.WARNING);
    assertThat(checks.get("vm.max_map_count").advice()).contains("sysctl");
  }

  @Test
  void aMachineWithoutXenIsToldSoAndNothingElse() throws IOException, InterruptedException {
    hostWith(Map.of("sys/hypervisor/type", "kvm\n"));
    List<Check> checks = new Doctor(xen.host()).examine();
    assertThat(checks).hasSize(1);
    assertThat(checks.get(0).status()).isEqualTo(Status.FAILED);
    assertThat(checks.get(0).found()).contains("kvm");
  }
}
