package org.vmi4j.xen.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.Check.Status;
import org.vmi4j.xen.fake.FakeXen;
import org.vmi4j.xen.host.FakeHost;
import org.vmi4j.xen.host.OrdinaryUser;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Jna;

class DoctorTest {
  @TempDir private Path folder;

  private FakeXen xen;

  private void hostWith(Map<String, String> files) throws IOException, InterruptedException {
    xen = FakeXen.of(folder, 4, 17);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve("root").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  private Map<String, Check> examine() {
    return new Doctor(FakeHost.of(xen))
        .examine().stream().collect(Collectors.toMap(Check::name, Function.identity()));
  }

  private static Map<String, String> healthy() {
    return Map.of(
        "sys/hypervisor/type", "xen\n",
        "proc/xen/capabilities", "control_d\n",
        "dev/xen/gntdev", "",
        "dev/xen/hypercall", "",
        "run/xenstored/socket", "",
        "proc/sys/vm/max_map_count", "65530\n");
  }

  private void guest(long memory) throws IOException {
    Path file = folder.resolve("memory");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), memory - 1);
    }
    xen.domain(3, "web01", file, memory / 4096 - 1);
  }

  private void limits(String addressSpace, String locked) throws IOException {
    Path file = folder.resolve("root/proc/self/limits");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "Limit                     Soft Limit           Hard Limit           Units     \n"
            + "Max locked memory         "
            + locked
            + "              unlimited              bytes     \n"
            + "Max address space         "
            + addressSpace
            + "            unlimited            bytes     \n");
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
  void theFileOfEachLibraryIsNamed() throws IOException, InterruptedException {
    hostWith(healthy());
    Map<String, Check> checks = examine();
    String file = " from " + xen.libraries().toRealPath().resolve("fakexen.so");
    assertThat(checks.get("libxenctrl").found())
        .isEqualTo("libxenctrl.so.4.17" + file + ", of the release that runs");
    assertThat(checks.get("libxenforeignmemory").found())
        .isEqualTo("libxenforeignmemory.so.1" + file);
    assertThat(checks.get("libxenstore").found()).isEqualTo("libxenstore.so.4" + file);
    assertThat(checks.get("JNA").found()).contains("with its native library from /");
  }

  @Test
  void aHypercallIsTried() throws IOException, InterruptedException {
    hostWith(healthy());
    assertThat(examine().get("hypercalls").found()).isEqualTo("answered by Xen 4.17");
    xen.fail("xencall2", Errno.EACCES, 1);
    assertThat(examine().get("hypercalls").status()).isEqualTo(Status.FAILED);
    xen.fail("xencall_open", Errno.ENOENT, 1);
    assertThat(examine().get("hypercalls").advice()).contains("ENOENT", "no such device");
    Files.delete(xen.libraries().resolve("libxencall.so.1"));
    assertThat(examine().get("hypercalls").advice()).contains("apt-get install libxencall1");
  }

  /** In dom0, where the devices are root's: nothing is wrong with the libraries or the domain. */
  @Test
  void anOrdinaryUserIsAdvisedToBecomeRoot() throws IOException, InterruptedException {
    hostWith(healthy());
    for (String device : new String[] {"dev/xen/privcmd", "run/xenstored/socket"}) {
      setPermissions(device, "---------");
    }
    setPermissions("dev/xen/xenbus", "r--------");
    // Root loads the classes and libraries that an ordinary user may be unable to read.
    examine();
    xen.fail("xencall_open", Errno.EACCES, 1);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

    Map<String, Check> checks = OrdinaryUser.run(this::examine);

    for (String name :
        List.of("/dev/xen/privcmd", "xenstore", "hypercalls", "control of domains")) {
      assertThat(checks.get(name).status()).as(name).isEqualTo(Status.FAILED);
      assertThat(checks.get(name).advice())
          .as(name)
          .contains("run as root")
          .doesNotContain("dom0", "version", "start xenstored");
    }
  }

  private void setPermissions(String file, String permissions) throws IOException {
    Files.setPosixFilePermissions(
        folder.resolve("root").resolve(file), PosixFilePermissions.fromString(permissions));
  }

  @Test
  void anErrorOfOpeningBlamesNoLibrary() {
    assertThat(Errno.explainOpen(Errno.EACCES))
        .isEqualTo("EACCES: not permitted for this user; run as root");
    assertThat(Errno.explain(Errno.EACCES)).contains("different versions");
  }

  @Test
  void whatTheDriverDoesWithoutIsNoFailure() throws IOException, InterruptedException {
    hostWith(healthy());
    xen.fail("xenevtchn_open", Errno.EACCES, 1);
    Files.delete(xen.libraries().resolve("libxendevicemodel.so.1"));
    Map<String, Check> checks = examine();
    assertThat(checks.get("libxenevtchn").status()).isEqualTo(Status.WARNING);
    assertThat(checks.get("libxenevtchn").found()).contains("cannot be opened");
    assertThat(checks.get("libxenevtchn").advice()).contains("EACCES").contains("run as root");
    assertThat(checks.get("libxendevicemodel").status()).isEqualTo(Status.WARNING);
    assertThat(checks.get("libxendevicemodel").advice()).contains("libxendevicemodel1");
  }

  @Test
  void aControlLibraryOfAnotherReleaseIsNamedWithBoth() throws IOException, InterruptedException {
    hostWith(healthy());
    Files.move(
        xen.libraries().resolve("libxenctrl.so.4.17"),
        xen.libraries().resolve("libxenctrl-4.8.so"));
    Check check = examine().get("libxenctrl");
    assertThat(check.status()).isEqualTo(Status.WARNING);
    assertThat(check.found()).contains("libxenctrl-4.8.so", "of Xen 4.8, and 4.17 runs");
    assertThat(check.advice()).contains("apt-get install libxenmisc4.17");
  }

  @Test
  void flaskIsToldByWhatItMeans() throws IOException, InterruptedException {
    hostWith(healthy());
    assertThat(examine().get("XSM").found()).contains("no Flask", "may do everything");
    xen.flask(0);
    assertThat(examine().get("XSM").found()).contains("permissive");
    xen.flask(1);
    assertThat(examine().get("XSM").found()).contains("enforcing");
  }

  @Test
  void whetherAGuestMayBeMappedIsTried() throws IOException, InterruptedException {
    hostWith(healthy());
    assertThat(examine()).doesNotContainKey("memory of guests");
    guest(1L << 20);
    assertThat(examine().get("memory of guests").found()).contains("can be mapped", "domain 3");
    assertThat(xen.handles()).isZero();
    xen.fail("xenforeignmemory_map", Errno.EPERM, 1);
    Check refused = examine().get("memory of guests");
    assertThat(refused.status()).isEqualTo(Status.FAILED);
    assertThat(refused.advice()).contains("EPERM", "XSM policy");
    xen.fail("xc_domain_getinfolist", Errno.EACCES, 1);
    assertThat(examine().get("control of domains").advice()).contains("EACCES");
    assertThat(xen.handles()).isZero();
  }

  @Test
  void mappingsAreMeasuredByTheLargestGuest() throws IOException, InterruptedException {
    hostWith(healthy());
    Path limit = folder.resolve("root/proc/sys/vm/max_map_count");
    guest(4L << 30);
    Files.writeString(limit, "4096");
    assertThat(examine().get("vm.max_map_count").status()).isEqualTo(Status.OK);
    Files.writeString(limit, "4094");
    Check few = examine().get("vm.max_map_count");
    assertThat(few.status()).isEqualTo(Status.WARNING);
    assertThat(few.found()).contains("4094 MiB at a time", "domain 3 has 4096 MiB");
    assertThat(few.advice()).contains("sysctl vm.max_map_count=4096");
  }

  @Test
  void aLimitOfTheAddressSpaceIsMeasuredByTheLargestGuestToo()
      throws IOException, InterruptedException {
    hostWith(healthy());
    guest(4L << 30);
    limits("unlimited", "unlimited");
    assertThat(examine().get("address space").status()).isEqualTo(Status.OK);
    Files.writeString(folder.resolve("root/proc/self/status"), "VmSize:\t 3145728 kB\n");
    limits(String.valueOf(7L << 30), "unlimited");
    assertThat(examine().get("address space").status()).isEqualTo(Status.OK);
    limits(String.valueOf(6L << 30), "unlimited");
    Check little = examine().get("address space");
    assertThat(little.status()).isEqualTo(Status.WARNING);
    assertThat(little.found()).contains("3072 MiB left of 6144 MiB", "4096 MiB");
    assertThat(little.advice()).contains("ulimit -v unlimited", "windows=768");
  }

  /** Only where there is no device to take buffers from, and not for root. */
  @Test
  void lockedMemoryCountsWhereLibxenctrlLocksIt() throws IOException, InterruptedException {
    hostWith(healthy());
    limits("unlimited", "65536");
    Path status = folder.resolve("root/proc/self/status");
    Files.writeString(status, "CapEff:\t0000000000000000\n");
    assertThat(examine()).doesNotContainKey("locked memory");
    Files.delete(folder.resolve("root/dev/xen/hypercall"));
    Check little = examine().get("locked memory");
    assertThat(little.status()).isEqualTo(Status.WARNING);
    assertThat(little.advice()).contains("ulimit -l");
    limits("unlimited", "8388608");
    assertThat(examine().get("locked memory").status()).isEqualTo(Status.OK);
    Files.writeString(status, "CapEff:\t000001ffffffffff\n");
    assertThat(examine()).doesNotContainKey("locked memory");
  }

  @Test
  void limitsThatMakeNoSenseAreLeftOut() throws IOException, InterruptedException {
    hostWith(healthy());
    limits("many", "many");
    Files.writeString(folder.resolve("root/proc/sys/vm/max_map_count"), "many");
    assertThat(examine()).doesNotContainKeys("address space", "locked memory", "vm.max_map_count");
  }

  @Test
  void aFolderThatIsMountedNoExecIsToldSo() throws IOException, InterruptedException {
    Path unpacked = Files.createDirectories(folder.resolve("with space/jna"));
    String point = folder.toRealPath().resolve("with space").toString().replace(" ", "\\040");
    String mounts = "21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\nnonsense\n";
    hostWith(Map.of("proc/self/mountinfo", mounts + "30 21 0:1 / " + point + " rw,noexec - tmpfs"));
    assertThat(Jna.advice(FakeHost.of(xen), unpacked))
        .contains(unpacked + " is mounted noexec", "-Djna.tmpdir=FOLDER");
    assertThat(Jna.advice(FakeHost.of(xen), folder)).doesNotContain("noexec");
    Files.writeString(
        folder.resolve("root/proc/self/mountinfo"),
        mounts + "30 21 0:1 / " + point + " rw - tmpfs");
    assertThat(Jna.advice(FakeHost.of(xen), unpacked)).doesNotContain("noexec");
    assertThat(Jna.advice(FakeHost.of(xen), folder.resolve("none"))).contains("not writable");
  }

  @Test
  void aMachineWithoutXenIsToldSoAndNothingElse() throws IOException, InterruptedException {
    hostWith(Map.of("sys/hypervisor/type", "kvm\n"));
    List<Check> checks = new Doctor(FakeHost.of(xen)).examine();
    assertThat(checks).hasSize(1);
    assertThat(checks.get(0).status()).isEqualTo(Status.FAILED);
    assertThat(checks.get(0).found()).contains("kvm");
    assertThat(checks.get(0).advice()).contains("dom0", "file:");
  }
}
