package org.vmi4j.xen.event;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.WritableVcpus;
import org.vmi4j.api.event.EventChannel;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.LibXenMonitor;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.memory.ForeignMemory;
import org.vmi4j.xenabi.event.VmEventLayout;

/** The events of a domain. Nothing is asked of Xen until somebody asks this. */
public final class XenEventSource implements EventSource {
  private final XenDomain domain;
  private final Libraries libraries;
  private final Architecture architecture;
  private final WritableVcpus vcpus;
  private final Teardown teardown;
  private final Journal journal;
  private final XenFrameRights rights;
  private final XenViews views;
  private final XenGuestFrames frames;

  /** Guarded by this, as all below. */
  private EventFeatures features;

  private XenEventChannel channel;

  /**
   * @param architecture that of the guest
   * @param vcpus sets registers that no response can set
   * @param teardown undoes what a channel does
   * @param journal records it
   */
  public XenEventSource(
      XenDomain domain,
      ForeignMemory memory,
      Libraries libraries,
      Architecture architecture,
      WritableVcpus vcpus,
      Teardown teardown,
      Journal journal) {
    this.domain = domain;
    this.libraries = libraries;
    this.architecture = architecture;
    this.vcpus = vcpus;
    this.teardown = teardown;
    this.journal = journal;
    this.views = new XenViews(this, libraries, domain.hypervisor().release(), journal);
    this.rights = new XenFrameRights(this, views, libraries, domain.hypervisor().release());
    this.frames = new XenGuestFrames(this, memory, libraries, journal);
    views.use(rights);
  }

  @Override
  public synchronized EventFeatures features() {
    if (features == null) {
      features = MonitorFeatures.of(domain, libraries);
    }
    return features;
  }

  @Override
  public synchronized EventChannel open() {
    if (features().kinds().isEmpty()) {
      throw new VmiException(
          "the domain "
              + domain
              + " reports no events: "
              + String.join("; ", features().missing().values()));
    }
    requireNoChannel();
    VmEventLayout layout = layout();
    Session session = new Session(domain);
    XenEventChannel[] made = new XenEventChannel[1];
    Teardown.Entry entry =
        teardown.change(
            () ->
                made[0] =
                    new XenEventChannel(
                        session,
                        libraries,
                        layout,
                        architecture,
                        features,
                        vcpus,
                        journal,
                        rights,
                        views,
                        frames),
            () -> made[0].undo());
    channel = made[0];
    channel.own(entry);
    return channel;
  }

  /**
   * Does nothing as long as no channel is open.
   *
   * @throws VmiException if one is
   */
  synchronized void requireNoChannel() {
    if (channel != null && !channel.session().isClosed()) {
      throw new VmiException(
          "the channel of events of the domain " + domain + " is open already; close it first");
    }
  }

  /** The layout of requests, by the hypervisor's version where it tells it. */
  VmEventLayout layout() {
    VmEventLayout known = VmEventLayout.of(domain.hypervisor().release());
    if (domain.hypervisor().release().isAtLeast(4, 13)) {
      LibXenMonitor.Version.bind(libraries);
      int version =
          (int) domain.hypervisor().handle().use(LibXenMonitor.Version::xc_vm_event_get_version);
      return version == known.version() || version < 0 ? known : VmEventLayout.ofVersion(version);
    }
    return known;
  }

  /** Ends the wait of the receiver, if there is one: the domain has ended. */
  public void wakeUp() {
    XenEventChannel open;
    synchronized (this) {
      open = channel;
    }
    if (open != null) {
      open.wakeUp();
    }
  }

  /**
   * The session of the channel that is open.
   *
   * @throws VmiException if there is none
   */
  synchronized Session session() {
    if (channel == null) {
      throw new VmiException(
          "no channel of events is open; open it before rights of frames, views or frames change");
    }
    channel.session().requireOpen();
    return channel.session();
  }

  public XenFrameRights rights() {
    return rights;
  }

  public XenViews views() {
    return views;
  }

  public XenGuestFrames frames() {
    return frames;
  }
}
