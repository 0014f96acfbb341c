package org.vmi4j.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vmi4j.xen.fake.FakeXen.uuid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.host.FakeHost;
import org.vmi4j.xen.host.XenHost;

/** Lists and finds domains through libraries of several releases. */
class DomainsTest {
  @TempDir private Path folder;

  private FakeXen xen(int minor) throws IOException, InterruptedException {
    Path memory = Files.write(folder.resolve("memory"), new byte[3 * 4096]);
    return FakeXen.of(folder, 4, minor)
        .domain(0, "Domain-0", uuid(0), FakeXen.RUNNING, 0, memory, 2)
        .domain(3, "web01", uuid(3), FakeXen.HVM | FakeXen.BLOCKED, FakeXen.LAPIC, memory, 2)
        .domain(4, "win", uuid(4), FakeXen.HVM | FakeXen.PAUSED, FakeXen.FULL_PC, memory, 2)
        .domain(9, "twin", uuid(9), FakeXen.HVM | 3 << 16 | FakeXen.SHUT_DOWN, 1, memory, 2)
        .domain(12, "twin", uuid(12), FakeXen.HVM | FakeXen.DYING, 1, memory, 2);
  }

  private static List<VmInfo> list(FakeXen xen) {
    return XenDriver.list(VmUri.parse("xen:"), FakeHost.of(xen));
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 15, 17, 21})
  void everyReleaseTellsTheSame(int minor) throws IOException, InterruptedException {
    FakeXen xen = xen(minor);
    assertThat(list(xen))
        .containsExactly(
            machine("xen:Domain-0", 0, "Domain-0", "PV", "running"),
            machine("xen:web01", 3, "web01", "PVH", "blocked"),
            machine("xen:win", 4, "win", "HVM", "paused"),
            machine("xen:twin", 9, "twin", "PVH", "crashed"),
            machine("xen:twin", 12, "twin", "PVH", "dying"));
    assertThat(xen.handles()).isZero();
  }

  private static VmInfo machine(String uri, int id, String name, String type, String state) {
    return new VmInfo(uri, id, Optional.of(name), uuid(id), type, state, 2, 3 * 4096);
  }

  @Test
  void anOldReleaseDoesNotTellPvhFromHvm() throws IOException, InterruptedException {
    assertThat(list(xen(8)))
        .extracting(VmInfo::type)
        .containsExactly("PV", "HVM", "HVM", "HVM", "HVM");
  }

  @Test
  void aDomainIsFoundByNameNumberAndUuid() throws IOException, InterruptedException {
    FakeXen xen = xen(17);
    for (String uri : List.of("xen:web01", "xen:3", "xen:" + uuid(3), "xen:web01?windows=70")) {
      try (Vm vm = xen.open(uri)) {
        assertThat(vm.name()).isEqualTo("web01");
        assertThat(vm.uri()).isEqualTo(uri);
        assertThat(vm.description()).isEqualTo("PVH domain 3 of Xen 4.17");
        assertThat(vm.physicalMemory().end()).isEqualTo(3 * 4096);
      }
    }
    assertThat(xen.handles()).isZero();
  }

  @Test
  void whatIsNoDomainOrSeveralIsRefusedWithTheirList() throws IOException, InterruptedException {
    FakeXen xen = xen(17);
    assertThatThrownBy(() -> xen.open("xen:web02"))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("no domain web02")
        .hasMessageContaining("3 web01 " + uuid(3));
    assertThatThrownBy(() -> xen.open("xen:twin"))
        .hasMessageContaining("more than one")
        .hasMessageContaining("9 twin " + uuid(9) + ", 12 twin " + uuid(12));
    assertThatThrownBy(() -> xen.open("xen:")).hasMessageContaining("names no domain");
    assertThatThrownBy(() -> xen.open("xen:12")).isInstanceOf(VmGoneException.class);
    assertThatThrownBy(() -> xen.open("xen:3?window=2")).hasMessageContaining("xen:NAME?windows=N");
    assertThat(xen.handles()).isZero();
  }

  @Test
  void withoutXenstoreNumbersAndUuidsAreLeft() throws IOException, InterruptedException {
    FakeXen xen = xen(17);
    xen.fail("xs_open", 2, Integer.MAX_VALUE);
    assertThat(list(xen)).extracting(VmInfo::uri).startsWith("xen:0", "xen:3");
    assertThat(list(xen)).extracting(VmInfo::name).containsOnly(Optional.empty());
    xen.open("xen:" + uuid(3)).close();
    assertThatThrownBy(() -> xen.open("xen:web01"))
        .hasMessageStartingWith(
            "cannot look for the domain web01 by its name: cannot connect to xenstore: ENOENT")
        .hasMessageContaining("xenstored")
        .hasMessageContaining("use the ID or UUID of a domain; domains: 0 " + uuid(0));
  }

  @Test
  void aNameThatMayNotBeReadIsLeftOut() throws IOException, InterruptedException {
    FakeXen xen = xen(17);
    xen.fail("xs_read", 13, 1);
    assertThat(list(xen))
        .extracting(VmInfo::uri)
        .containsExactly("xen:0", "xen:web01", "xen:win", "xen:twin", "xen:twin");
  }

  @Test
  void whatTheHypervisorRefusesIsExplained() throws IOException, InterruptedException {
    FakeXen xen = xen(17);
    xen.fail("xc_domain_getinfolist", 13, 1);
    assertThatThrownBy(() -> list(xen))
        .hasMessageContaining("cannot list the domains: EACCES")
        .hasMessageContaining("different versions")
        .hasMessageContaining("XSM");
    xen.fail("xc_domain_getinfolist", 1, 1);
    assertThatThrownBy(() -> list(xen)).hasMessageContaining("dom0");
    xen.fail("xc_interface_open", 1, 1);
    assertThatThrownBy(() -> list(xen)).hasMessageContaining("cannot open the hypervisor: EPERM");
    xen.fail("xenforeignmemory_open", 13, 1);
    assertThatThrownBy(() -> xen.open("xen:web01")).hasMessageContaining("/dev/xen/privcmd");
    assertThat(xen.handles()).isZero();
  }

  @Test
  void aMachineWithoutXenIsToldSo() throws IOException {
    XenHost none = new XenHost(Files.createDirectories(folder.resolve("none")), Optional.empty());
    assertThatThrownBy(() -> XenDriver.list(VmUri.parse("xen:"), none))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("does not run under Xen");
  }

  @Test
  void aMissingDeviceIsNamedWithItsModule() throws IOException, InterruptedException {
    FakeXen xen = xen(17);
    Files.delete(xen.root().resolve("dev/xen/privcmd"));
    assertThatThrownBy(() -> list(xen)).hasMessageContaining("modprobe xen-privcmd");
  }
}
