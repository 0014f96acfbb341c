package org.vmi4j.xen.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.spi.Check;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.lib.Jna;

/** Checks a host for what introspection of its guests requires. */
public final class Doctor {
  /** Linux describes the hypervisor in these files; some names differ between kernels. */
  private static final String TYPE = "sys/hypervisor/type";

  private static final String HYPERCALL = "dev/xen/hypercall";
  private static final String CAPABILITIES = "proc/xen/capabilities";
  private static final List<String> XENSTORE =
      List.of(
          "run/xenstored/socket", "var/run/xenstored/socket", "dev/xen/xenbus", "proc/xen/xenbus");
  private static final String NOT_USABLE =
      " is not readable and writable for " + System.getProperty("user.name");

  private final XenHost host;
  private final List<Check> checks = new ArrayList<>();

  public Doctor(XenHost host) {
    this.host = host;
  }

  public List<Check> examine() {
    if (!hypervisor()) {
      return checks;
    }
    controlDomain();
    device("dev/xen/privcmd", "xen-privcmd", Check.Status.FAILED);
    device("dev/xen/evtchn", "xen-evtchn", Check.Status.WARNING);
    device("dev/xen/gntdev", "xen-gntdev", Check.Status.WARNING);
    hypercallBuffers();
    xenbus();
    Check jna = Jna.check(host);
    checks.add(jna);
    if (jna.status() != Check.Status.OK) {
      return checks;
    }
    checks.addAll(new LibraryChecks(host).examine());
    GuestChecks guests = new GuestChecks(host);
    checks.addAll(guests.examine());
    checks.addAll(new LimitChecks(host, guests.largest()).examine());
    return checks;
  }

  private boolean hypervisor() {
    Optional<String> type = host.read(TYPE);
    if (type.isEmpty() || !type.get().equals("xen")) {
      checks.add(
          Check.failed(
              "hypervisor",
              type.map(other -> "no Xen: this machine runs under " + other).orElse("no Xen"),
              "for running domains, run in the control domain (dom0) of a Xen host, such as"
                  + " lab/xen brings up; memory images (file:) need none of it"));
      return false;
    }
    checks.add(
        host.release()
            .map(release -> Check.ok("hypervisor", "Xen " + release))
            .orElse(
                Check.warning(
                    "hypervisor",
                    "Xen, of an unknown release",
                    "load the module that reports it: modprobe xen-sysfs, or mount /sys")));
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
              "run in dom0; in a guest, an XSM policy has to give it the rights, and its kernel"
                  + " must not restrict privcmd to the guest that it serves"));
    }
  }

  /** Memory and registers need privcmd alone. */
  private void device(String path, String module, Check.Status without) {
    Path device = host.root().resolve(path);
    String name = "/" + path;
    if (!Files.exists(device)) {
      checks.add(new Check(name, without, "missing", "load its module: modprobe " + module));
    } else if (!isUsable(path)) {
      checks.add(new Check(name, without, name + NOT_USABLE, "run as root"));
    } else {
      checks.add(Check.ok(name, "readable and writable"));
    }
  }

  /**
   * Linux has it since 4.18. Where there is none libxenctrl locks its buffers in memory instead;
   * where it is there, libxenctrl does not do without.
   */
  private void hypercallBuffers() {
    if (host.exists(HYPERCALL)) {
      device(HYPERCALL, "xen-privcmd", Check.Status.FAILED);
    }
  }

  /** xenstore is reached through a socket of its daemon, or through the kernel. */
  private void xenbus() {
    List<String> there = XENSTORE.stream().filter(host::exists).toList();
    Optional<String> usable = there.stream().filter(this::isUsable).findFirst();
    if (usable.isPresent()) {
      checks.add(Check.ok("xenstore", "/" + usable.get()));
    } else if (there.isEmpty()) {
      checks.add(
          Check.failed(
              "xenstore",
              "there is neither xenstored's socket nor /dev/xen/xenbus",
              "start xenstored: systemctl start xen-init-dom0"));
    } else {
      checks.add(Check.failed("xenstore", "/" + there.get(0) + NOT_USABLE, "run as root"));
    }
  }

  private boolean isUsable(String path) {
    Path file = host.root().resolve(path);
    return Files.isReadable(file) && Files.isWritable(file);
  }
}
