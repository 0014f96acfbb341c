package org.vmi4j.xen.domain;

import com.sun.jna.Native;
import java.util.concurrent.TimeUnit;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibC;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.lib.XenStore;

/**
 * Waits for the end of a domain, in a thread of its own: xenstore reports that some domain has
 * ended, and the hypervisor whether it was this one. Without xenstore, the hypervisor is polled
 * every second.
 */
public final class DeathWatch implements AutoCloseable {
  private static final int WITHOUT_WATCH = (int) TimeUnit.SECONDS.toMillis(1);
  private static final int WITH_WATCH = (int) TimeUnit.SECONDS.toMillis(10);
  private static final int NO_DESCRIPTOR = -1;

  private final XenDomain domain;
  private final Runnable onDeath;
  private final int stop;
  private final Thread thread;

  /**
   * Starts watching.
   *
   * @param onDeath runs once, when the domain is gone
   */
  public DeathWatch(XenDomain domain, Libraries libraries, Runnable onDeath) {
    this.domain = domain;
    this.onDeath = onDeath;
    this.stop = LibC.eventfd(0, LibC.EFD_CLOEXEC);
    if (stop < 0) {
      throw new VmiException("cannot create an event: " + Errno.explain(Native.getLastError()));
    }
    this.thread = new Thread(() -> run(libraries), "vmi4j-watch-" + domain.id());
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Libraries libraries) {
    try (XenStore store = XenStore.open(libraries)) {
      if (store.watch("@releaseDomain")) {
        watch(store);
        return;
      }
    } catch (VmiException xenstoreDoesNotAnswer) {
      // Polling the hypervisor suffices, only slower.
    }
    while (!isOver() && !waitFor(NO_DESCRIPTOR, WITHOUT_WATCH)) {}
  }

  private void watch(XenStore store) {
    while (!isOver() && !waitFor(store.descriptor(), WITH_WATCH)) {
      store.drain();
    }
  }

  /** Returns whether the domain is gone; then revokes everything that refers to it. */
  private boolean isOver() {
    try {
      if (!domain.isGone()) {
        return false;
      }
    } catch (VmiException closedOrNotAllowed) {
      return true;
    }
    onDeath.run();
    return true;
  }

  /** Waits for an event; whether it is the one to stop. */
  private boolean waitFor(int descriptor, int milliseconds) {
    int[] entries = {stop, LibC.POLLIN, descriptor, LibC.POLLIN};
    LibC.poll(entries, 2, milliseconds);
    return entries[1] >>> Short.SIZE != 0;
  }

  @Override
  public void close() {
    LibC.write(stop, new long[] {1}, Long.BYTES);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    LibC.close(stop);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
