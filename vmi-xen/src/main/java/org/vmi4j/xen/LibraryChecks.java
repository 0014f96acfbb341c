package org.vmi4j.xen;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;

/** Looks at Xen's libraries: whether they can be used, and which ones they really are. */
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
    return checks;
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
          origin + own.map(release -> ", of Xen " + release).orElse(", of a release not told"));
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
