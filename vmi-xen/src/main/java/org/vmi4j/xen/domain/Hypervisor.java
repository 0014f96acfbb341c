package org.vmi4j.xen.domain;

import com.sun.jna.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmAccessException;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Handle;
import org.vmi4j.xen.lib.LibC;
import org.vmi4j.xen.lib.LibXenCtrl;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xenabi.DomainInfo;
import org.vmi4j.xenabi.XenAbi;
import org.vmi4j.xenabi.XenRelease;

/** The hypervisor of this machine, through libxenctrl. */
public final class Hypervisor implements AutoCloseable {
  private static final int MOST_DOMAINS = 0x7ff0;

  private final Handle handle;
  private final XenRelease release;
  private final XenAbi abi;
  private final WriteLog writeLog;

  private Hypervisor(Handle handle, XenRelease release, WriteLog writeLog) {
    this.handle = handle;
    this.release = release;
    this.abi = XenAbi.of(release);
    this.writeLog = writeLog;
  }

  /**
   * Opens the hypervisor.
   *
   * @throws VmiException if this is no Xen host, or something is missing on it
   */
  public static Hypervisor open(XenHost host, Libraries libraries) {
    checkDevice(host);
    LibC.bind(libraries);
    LibXenCtrl.bind(libraries);
    long address = LibXenCtrl.xc_interface_open(0, 0, 0);
    if (address == 0) {
      throw new VmiException(
          "cannot open the hypervisor: " + Errno.explainOpen(Native.getLastError()));
    }
    Handle handle = new Handle("the hypervisor", address);
    return new Hypervisor(
        handle, host.release().orElseGet(() -> release(handle)), new WriteLog(libraries));
  }

  private static void checkDevice(XenHost host) {
    Path device = host.root().resolve("dev/xen/privcmd");
    if (!Files.exists(device) && !Files.exists(host.root().resolve("proc/xen/privcmd"))) {
      throw new VmiException(
          host.release().isEmpty()
              ? "this machine does not run under Xen: there is neither /sys/hypervisor/version nor"
                  + " /dev/xen/privcmd; run in the control domain (dom0) of a Xen host"
              : "there is no /dev/xen/privcmd; load the module that brings it: modprobe xen-privcmd");
    }
    if (Files.exists(device) && !(Files.isReadable(device) && Files.isWritable(device))) {
      throw new VmAccessException(
          "/dev/xen/privcmd is not readable and writable for you; run as root");
    }
  }

  private static XenRelease release(Handle handle) {
    int version = (int) handle.use(value -> LibXenCtrl.xc_version(value, 0, 0));
    return new XenRelease(version >>> 16, version & 0xffff);
  }

  /** The handle of libxenctrl, for calls that are not here. */
  public Handle handle() {
    return handle;
  }

  public XenRelease release() {
    return release;
  }

  /** The architecture of the host. Its guests may be of its 32-bit sibling. */
  public static Architecture hostArchitecture() {
    return System.getProperty("os.arch").equals("aarch64")
        ? Architecture.AARCH64
        : Architecture.X86_64;
  }

  /** The domain of a number, if there is one. */
  public Optional<DomainInfo> domain(int id) {
    return from(id).filter(info -> info.id() == id);
  }

  /**
   * All domains. They are asked for one at a time, so that the size of a record, which changes
   * between releases, does not matter.
   */
  public List<DomainInfo> domains() {
    List<DomainInfo> domains = new ArrayList<>();
    Optional<DomainInfo> next = from(0);
    while (next.isPresent() && domains.size() < MOST_DOMAINS) {
      domains.add(next.get());
      next = from(next.get().id() + 1);
    }
    return domains;
  }

  private Optional<DomainInfo> from(int id) {
    byte[] info = new byte[XenAbi.DOMAIN_INFO_ROOM];
    long found =
        Errno.retry(
            () -> handle.use(value -> LibXenCtrl.xc_domain_getinfolist(value, id, 1, info)));
    if (found < 0) {
      throw Errno.failure("cannot list the domains", found);
    }
    DomainInfo domain = DomainInfo.parse(info, abi);
    return found == 0 || domain.id() < id ? Optional.empty() : Optional.of(domain);
  }

  /** The last guest frame of a domain, or the error number, negative. */
  public long lastFrame(int id) {
    long[] frame = new long[1];
    long result =
        Errno.retry(() -> handle.use(value -> LibXenCtrl.xc_domain_maximum_gpfn(value, id, frame)));
    return result < 0 ? result : frame[0];
  }

  /** The last frame of the machine's own memory. */
  public long lastMachineFrame() {
    long[] frame = new long[1];
    long result =
        Errno.retry(() -> handle.use(value -> LibXenCtrl.xc_maximum_ram_page(value, frame)));
    if (result < 0) {
      throw Errno.failure("cannot determine the size of the machine's memory", result);
    }
    return frame[0];
  }

  /** Lets a guest that runs without caches see what was written; 0, or the error, negative. */
  public long flushCaches(int id, long firstFrame, long frames) {
    return Errno.retry(
        () -> handle.use(value -> LibXenCtrl.xc_domain_cacheflush(value, id, firstFrame, frames)));
  }

  /** Reports writes to domains. */
  public WriteLog writeLog() {
    return writeLog;
  }

  @Override
  public void close() {
    writeLog.close();
    handle.close(LibXenCtrl::xc_interface_close);
  }
}
