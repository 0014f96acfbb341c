package org.vmi4j.xen.domain;

import java.util.Optional;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xenabi.DomainInfo;

/** An open domain, and whether it still exists. */
public final class XenDomain {
  /** How many frames may be added behind the last one of a guest, for copies of its pages. */
  public static final int MOST_ADDED_FRAMES = 4096;

  private final Hypervisor hypervisor;
  private final DomainInfo info;
  private final Optional<String> name;
  private volatile boolean gone;

  public XenDomain(Hypervisor hypervisor, DomainInfo info, Optional<String> name) {
    this.hypervisor = hypervisor;
    this.info = info;
    this.name = name;
  }

  public Hypervisor hypervisor() {
    return hypervisor;
  }

  public int id() {
    return info.id();
  }

  /** The hypervisor's description when the domain was opened. */
  public DomainInfo info() {
    return info;
  }

  public Optional<String> name() {
    return name;
  }

  /** Returns whether the hypervisor reported the domain as gone at the last query. */
  public boolean isKnownGone() {
    return gone;
  }

  /** Queries the hypervisor, and records whether the domain is gone. */
  public boolean isGone() {
    if (!gone) {
      query();
    }
    return gone;
  }

  private Optional<DomainInfo> query() {
    Optional<DomainInfo> now = hypervisor.domain(id());
    // A number is given again, after all others were; a UUID is not.
    gone = now.isEmpty() || now.get().isDying() || !now.get().uuid().equals(info.uuid());
    return now;
  }

  /**
   * Queries the hypervisor, and returns the domain as it is now.
   *
   * @throws VmGoneException if the domain is gone, or has crashed or shut down and waits for that
   */
  public DomainInfo requireRunning() {
    requireAlive();
    Optional<DomainInfo> now = query();
    requireAlive();
    if (now.get().isShutDown()) {
      throw new VmGoneException(
          "the domain " + this + " does not run any more, its state is: " + now.get().state());
    }
    return now.get();
  }

  /**
   * Does nothing as long as the domain is not known to be gone.
   *
   * @throws VmGoneException if it is
   */
  public void requireAlive() {
    if (gone) {
      throw new VmGoneException(
          "the domain "
              + this
              + " is gone: it was destroyed or has ended while it was open; close it");
    }
  }

  /**
   * Creates the error for a failed call on this domain: that the domain is gone, if it is.
   *
   * @param what the operation that failed
   * @param result the error number, negative
   */
  public VmiException failure(String what, long result) {
    if (isGone()) {
      requireAlive();
    }
    return Errno.failure(what + " of the domain " + this, result);
  }

  @Override
  public String toString() {
    return name.map(known -> known + " (" + id() + ")").orElse(String.valueOf(id()));
  }
}
