package org.vmi4j.xen.lib;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.vmi4j.api.VmiException;

/** A connection to xenstore. */
public final class XenStore implements AutoCloseable {
  private static final int LONGEST_VALUE = 4096;

  private final Handle handle;

  private XenStore(Handle handle) {
    this.handle = handle;
  }

  /**
   * Connects.
   *
   * @throws VmiException if xenstore does not answer
   */
  public static XenStore open(Libraries libraries) {
    LibXenStore.bind(libraries);
    long address = LibXenStore.xs_open(0);
    if (address == 0) {
      throw new VmiException(
          "cannot connect to xenstore: "
              + Errno.explainOpen(Native.getLastError())
              + "; check that xenstored runs, and that /dev/xen/xenbus or its socket in"
              + " /run/xenstored is readable for you");
    }
    return new XenStore(new Handle("xenstore", address));
  }

  /** A value, if it is there and may be read. */
  public Optional<String> read(String path) {
    int[] length = new int[1];
    long value = handle.use(address -> LibXenStore.xs_read(address, 0, path, length));
    if (value == 0) {
      return Optional.empty();
    }
    try {
      int size = Math.max(0, Math.min(length[0], LONGEST_VALUE));
      byte[] bytes = new Pointer(value).getByteArray(0, size);
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } finally {
      LibC.free(value);
    }
  }

  /** The name of a domain, if it has one that may be read. */
  public Optional<String> name(int domain) {
    return read("/local/domain/" + domain + "/name").filter(name -> !name.isEmpty());
  }

  /** Watches a path; returns whether that is permitted. */
  public boolean watch(String path) {
    return handle.use(address -> LibXenStore.xs_watch(address, path, "vmi4j")) != 0;
  }

  /** The file descriptor that becomes readable at an event. */
  public int descriptor() {
    return (int) handle.use(LibXenStore::xs_fileno);
  }

  /** Consumes all pending events. */
  public void drain() {
    long event = handle.use(LibXenStore::xs_check_watch);
    while (event != 0) {
      LibC.free(event);
      event = handle.use(LibXenStore::xs_check_watch);
    }
  }

  @Override
  public void close() {
    handle.close(LibXenStore::xs_close);
  }
}
