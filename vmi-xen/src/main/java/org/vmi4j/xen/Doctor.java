package org.vmi4j.xen;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;

/** Looks at what a host needs for its guests to be looked into. */
final class Doctor {
  /** The hypervisor tells of itself in Linux's own files; some names differ between kernels. */
  private static final String TYPE = "sys/hypervisor/type";

  private static final String CAPABILITIES = "proc/xen/capabilities";
  private static final long MAPS_FOR_COMFORT = 65530;

  private final XenHost host;
  private final List<Check> checks = new ArrayList<>();

  Doctor(XenHost host) {
    this.host = host;
  }

  List<Check> examine() {
    if (!hypervisor()) {
      return checks;
    }
    controlDomain();
    device("dev/xen/privcmd", "xen-privcmd", Check.Status.FAILED);
    device("dev/xen/evtchn", "xen-evtchn", Check.Status.WARNING);
    device("dev/xen/gntdev", "xen-gntdev", Check.Status.WARNING);
    xenbus();
    libraries();
    control();
    mappings();
    java();
    return checks;
  }

  private boolean hypervisor() {
    Optional<String> type = host.read(TYPE);
    if (type.isEmpty() || !type.get().equals("xen")) {
      checks.add(
          Check.failed(
              "hypervisor",
              type.map(other -> "this machine runs under " + other).orElse("no hypervisor"),
              "run vmi in the control domain (dom0) of a Xen host; lab/xen brings one up"));
      return false;
    }
    checks.add(
        host.release()
            .map(release -> Check.ok("hypervisor", "Xen " + release))
            .orElse(
                Check.warning(
                    "hypervisor",
                    "Xen, of a release that is not told",
                    "load the module that tells it: modprobe xen-sysfs, or mount /sys")));
    return true;
  }

  private void controlDomain() {
    Optional<String> capabilities = host.read(CAPABILITIES);
    if (capabilities.isEmpty()) {
      checks.add(
          Check.warning(
              "control domain",
              "there is no /proc/xen/capabilities",
              "mount it: mount -t xenfs xenfs /proc/xen"));
    } else if (capabilities.get().contains("control_d")) {
      checks.add(Check.ok("control domain", "yes, this is dom0"));
    } else {
      checks.add(
          Check.warning(
              "control domain",
              "no, this is a guest",
              "run vmi in dom0, or let an XSM policy give this domain its rights"));
    }
  }

  /** Memory and registers need privcmd alone. */
  private void device(String path, String module, Check.Status without) {
    Path device = host.root().resolve(path);
    String name = "/" + path;
    if (!Files.exists(device)) {
      checks.add(new Check(name, without, "missing", "load its module: modprobe " + module));
    } else if (!Files.isReadable(device) || !Files.isWritable(device)) {
      checks.add(
          new Check(
              name,
              without,
              "not readable and writable for " + System.getProperty("user.name"),
              "run vmi as root"));
    } else {
      checks.add(Check.ok(name, "readable and writable"));
    }
  }

  /** xenstore is reached through a socket of its daemon, or through the kernel. */
  private void xenbus() {
    for (String path :
        List.of(
            "run/xenstored/socket",
            "var/run/xenstored/socket",
            "dev/xen/xenbus",
            "proc/xen/xenbus")) {
      Path file = host.root().resolve(path);
      if (Files.isReadable(file) && Files.isWritable(file)) {
        checks.add(Check.ok("xenstore", "/" + path));
        return;
      }
    }
    checks.add(
        Check.failed(
            "xenstore",
            "neither xenstored's socket nor /dev/xen/xenbus can be opened",
            "start xenstored (systemctl start xen-init-dom0) and run vmi as root"));
  }

  private void libraries() {
    Libraries libraries = new Libraries(host);
    library("libxenctrl", () -> LibXenCtrl.bind(libraries));
    library("libxenforeignmemory", () -> LibXenForeignMemory.bind(libraries));
    library("libxenstore", () -> LibXenStore.bind(libraries));
  }

  private void library(String name, Runnable bind) {
    try {
      bind.run();
      checks.add(Check.ok(name, "found"));
    } catch (VmiException e) {
      checks.add(Check.failed(name, "cannot be used", e.getMessage()));
    }
  }

  /** Whether the hypervisor does what it is asked: not if the library is of another release. */
  private void control() {
    try (Hypervisor hypervisor = Hypervisor.open(host, new Libraries(host))) {
      List<DomainInfo> domains = hypervisor.domains();
      long memory = domains.stream().mapToLong(DomainInfo::memory).sum();
      checks.add(
          Check.ok(
              "control of domains",
              domains.size() + " domains with " + (memory >> 20) + " MiB together"));
    } catch (VmiException e) {
      checks.add(Check.failed("control of domains", "refused", e.getMessage()));
    }
  }

  private void mappings() {
    Optional<String> most = host.read("proc/sys/vm/max_map_count");
    most.map(Long::parseLong)
        .ifPresent(
            count ->
                checks.add(
                    count < MAPS_FOR_COMFORT
                        ? Check.warning(
                            "vm.max_map_count",
                            count + " mappings",
                            "raise it: sysctl vm.max_map_count=" + MAPS_FOR_COMFORT)
                        : Check.ok(
                            "vm.max_map_count",
                            count
                                + " mappings: windows of 2 MiB over "
                                + (count / 2 >> 9)
                                + " GiB at a time")));
  }

  private void java() {
    Path folder = Path.of(System.getProperty("jna.tmpdir", System.getProperty("java.io.tmpdir")));
    checks.add(
        Files.isWritable(folder)
            ? Check.ok("Java", Runtime.version() + ", native library of JNA under " + folder)
            : Check.failed(
                "Java",
                Runtime.version() + ", and " + folder + " is not writable",
                "name a folder for JNA's native library: -Djna.tmpdir=FOLDER"));
  }
}
