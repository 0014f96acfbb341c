package org.vmi4j.xen.domain;

import java.util.Optional;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xenabi.DomainInfo;

/** A domain that is open, and whether it is still there. */
public final class XenDomain {
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

  /** What the hypervisor said when the domain was opened. */
  public DomainInfo info() {
    return info;
  }

  public Optional<String> name() {
    return name;
  }

  /** Whether the hypervisor has said that the domain is gone, the last time it was asked. */
  public boolean isKnownGone() {
    return gone;
  }

  /** Asks the hypervisor, and remembers when the domain is gone. */
  public boolean isGone() {
    if (!gone) {
      Optional<DomainInfo> now = hypervisor.domain(id());
      // A number is given again, after all others were; a UUID is not.
      gone = now.isEmpty() || now.get().isDying() || !now.get().uuid().equals(info.uuid());
    }
    return gone;
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
   * Makes the error for a call on this domain that has failed: that the domain is gone, if it is.
   *
   * @param what what could not be done
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
