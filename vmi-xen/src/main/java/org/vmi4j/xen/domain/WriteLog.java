package org.vmi4j.xen.domain;

import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Handle;
import org.vmi4j.xen.lib.LibXenDeviceModel;
import org.vmi4j.xen.lib.Libraries;

/**
 * Reports pages written from outside of a domain to Xen. Xen tracks the guest's own writes, and
 * copies those pages again while it migrates the guest to another host; writes through a foreign
 * mapping have to be reported ({@code XEN_DMOP_modified_memory} of Xen's public/hvm/dm_op.h).
 *
 * <p>Reports nothing where that is impossible: before Xen 4.9, without the library, without
 * permission. Only a migration is affected.
 */
public final class WriteLog implements AutoCloseable {
  private final Libraries libraries;
  private Optional<Handle> handle = Optional.empty();
  private boolean opened;

  WriteLog(Libraries libraries) {
    this.libraries = libraries;
  }

  /** Reports pages that were just written. */
  public void add(int domain, long firstFrame, int frames) {
    handle()
        .ifPresent(
            open ->
                open.use(
                    value ->
                        LibXenDeviceModel.xendevicemodel_modified_memory(
                            value, domain, firstFrame, frames)));
  }

  /** Opened by the first write: most users only read. */
  private synchronized Optional<Handle> handle() {
    if (!opened) {
      opened = true;
      handle = open();
    }
    return handle;
  }

  private Optional<Handle> open() {
    try {
      LibXenDeviceModel.bind(libraries);
    } catch (VmiException missing) {
      return Optional.empty();
    }
    long address = LibXenDeviceModel.xendevicemodel_open(0, 0);
    return address == 0
        ? Optional.empty()
        : Optional.of(new Handle("the log of what was written", address));
  }

  @Override
  public synchronized void close() {
    opened = true;
    handle.ifPresent(open -> open.close(LibXenDeviceModel::xendevicemodel_close));
  }
}
