package org.vmi4j.xen.doctor;

import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibXenCall;
import org.vmi4j.xen.lib.LibXenCtrl;
import org.vmi4j.xen.lib.LibXenDeviceModel;
import org.vmi4j.xen.lib.LibXenEvtchn;
import org.vmi4j.xen.lib.LibXenForeignMemory;
import org.vmi4j.xen.lib.LibXenStore;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.XenRelease;

/** Checks Xen's libraries: whether they can be used, and which files they are. */
final class LibraryChecks {
  private static final String CONTROL = "libxenctrl";

  /** Up to Xen 4.10 the file was {@code libxenctrl-4.10.so}. */
  private static final Pattern RELEASE =
      Pattern.compile("libxenctrl(?:\\.so\\.|-)(\\d{1,9})\\.(\\d{1,9})(?!\\d)");

  private final XenHost host;
  private final List<Check> checks = new ArrayList<>();

  LibraryChecks(XenHost host) {
    this.host = host;
  }

  List<Check> examine() {
    Libraries libraries = new Libraries(host);
    check(CONTROL, LibXenCtrl.class, () -> LibXenCtrl.bind(libraries));
    check(
        "libxenforeignmemory",
        LibXenForeignMemory.class,
        () -> LibXenForeignMemory.bind(libraries));
    check("libxenstore", LibXenStore.class, () -> LibXenStore.bind(libraries));
    hypercall(libraries);
    if (host.release().map(release -> release.isAtLeast(4, 9)).orElse(true)) {
      spare(
          "libxendevicemodel",
          LibXenDeviceModel.class,
          () -> LibXenDeviceModel.bind(libraries),
          () -> LibXenDeviceModel.xendevicemodel_open(0, 0),
          LibXenDeviceModel::xendevicemodel_close,
          "without it, writes to a guest during a live migration may be lost");
    }
    spare(
        "libxenevtchn",
        LibXenEvtchn.class,
        () -> LibXenEvtchn.bind(libraries),
        () -> LibXenEvtchn.xenevtchn_open(0, 0),
        LibXenEvtchn::xenevtchn_close,
        "only events of a guest need it");
    return checks;
  }

  /** Makes the smallest hypercall, which shows that Xen answers this process. */
  private void hypercall(Libraries libraries) {
    try {
      LibXenCall.bind(libraries);
    } catch (VmiException e) {
      checks.add(Check.failed("hypercalls", "cannot be made", e.getMessage()));
      return;
    }
    long handle = LibXenCall.xencall_open(0, 0);
    if (handle == 0) {
      String why = Errno.explainOpen(Native.getLastError());
      checks.add(Check.failed("hypercalls", "cannot be made", why));
      return;
    }
    int version = LibXenCall.xencall2(handle, LibXenCall.XEN_VERSION, LibXenCall.VERSION, 0);
    int errno = Native.getLastError();
    LibXenCall.xencall_close(handle);
    checks.add(
        version < 0
            ? Check.failed("hypercalls", "refused", Errno.explain(errno))
            : Check.ok(
                "hypercalls",
                "answered by Xen " + new XenRelease(version >>> 16, version & 0xffff)));
  }

  /** An optional library. */
  private void spare(
      String name,
      Class<?> type,
      Runnable bind,
      LongSupplier open,
      LongConsumer close,
      String consequence) {
    try {
      bind.run();
    } catch (VmiException e) {
      checks.add(Check.warning(name, "cannot be used; " + consequence, e.getMessage()));
      return;
    }
    long handle = open.getAsLong();
    if (handle == 0) {
      String why = Errno.explainOpen(Native.getLastError());
      checks.add(Check.warning(name, "cannot be opened; " + consequence, why));
    } else {
      close.accept(handle);
      checks.add(Check.ok(name, Libraries.origin(type).toString()));
    }
  }

  private void check(String name, Class<?> type, Runnable bind) {
    try {
      bind.run();
      Libraries.Origin origin = Libraries.origin(type);
      checks.add(name.equals(CONTROL) ? control(origin) : Check.ok(name, origin.toString()));
    } catch (VmiException e) {
      checks.add(Check.failed(name, "cannot be used", e.getMessage()));
    }
  }

  /** libxenctrl has no stable interface: it has to be of the hypervisor's own release. */
  private Check control(Libraries.Origin origin) {
    Optional<XenRelease> own = release(origin.file()).or(() -> release(origin.name()));
    Optional<XenRelease> running = host.release();
    if (own.isEmpty() || running.isEmpty()) {
      return Check.ok(
          CONTROL,
          origin + own.map(release -> ", of Xen " + release).orElse(", of an unknown release"));
    }
    return own.equals(running)
        ? Check.ok(CONTROL, origin + ", of the release that runs")
        : Check.warning(
            CONTROL,
            origin + ", of Xen " + own.get() + ", and " + running.get() + " runs",
            "install that of the hypervisor (on Debian: apt-get install libxenmisc"
                + running.get()
                + "), or reboot into the Xen that was installed: calls of another release may be"
                + " refused with EACCES");
  }

  private static Optional<XenRelease> release(String file) {
    Matcher matcher = RELEASE.matcher(file);
    return matcher.find()
        ? Optional.of(
            new XenRelease(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }
}
