package org.vmi4j.xen.event;

import org.vmi4j.xen.lib.LibXenMonitor;
import org.vmi4j.xenabi.event.VmEventFlags;

/**
 * Which processors execute single steps. A response can only toggle that, so the state of each is
 * kept here.
 */
final class Steps {
  private static final byte OFF = 0;
  private static final byte ON = 1;

  /** One step, after which Xen switches them off and says nothing: it may be on or off by now. */
  private static final byte ONCE = 2;

  private final Session session;
  private final byte[] states;
  private boolean monitored;

  Steps(Session session, int vcpus) {
    this.session = session;
    this.states = new byte[vcpus];
  }

  /** A step was reported: they are on, whatever was thought. */
  void reported(int vcpu) {
    states[vcpu] = ON;
  }

  /** Switches the reports of steps on, without which Xen steps in silence. */
  void prepare() {
    if (!monitored) {
      session.call(
          "cannot monitor single steps",
          handle -> LibXenMonitor.xc_monitor_singlestep(handle, session.domain().id(), 1));
      monitored = true;
    }
  }

  /** Returns the flag by which a processor steps from now on, or does not. */
  int toggle(int vcpu, boolean on) {
    if (states[vcpu] == ONCE) {
      if (!on) {
        return 0;
      }
      off(vcpu);
    }
    byte wanted = on ? ON : OFF;
    if (states[vcpu] == wanted) {
      return 0;
    }
    states[vcpu] = wanted;
    return VmEventFlags.TOGGLE_SINGLESTEP;
  }

  /** Returns the flag by which a processor executes one step and changes its view. */
  int once(int vcpu) {
    states[vcpu] = ONCE;
    return VmEventFlags.FAST_SINGLESTEP;
  }

  private void off(int vcpu) {
    session.call(
        "cannot end single steps",
        handle -> LibXenMonitor.xc_domain_debug_control(handle, session.domain().id(), 0, vcpu));
    states[vcpu] = OFF;
  }

  /** Switches all steps off, and their reports. */
  void end() {
    for (int vcpu = 0; vcpu < states.length; vcpu++) {
      if (states[vcpu] != OFF) {
        off(vcpu);
      }
    }
    if (monitored) {
      session.call(
          "cannot end the monitoring of single steps",
          handle -> LibXenMonitor.xc_monitor_singlestep(handle, session.domain().id(), 0));
      monitored = false;
    }
  }
}
