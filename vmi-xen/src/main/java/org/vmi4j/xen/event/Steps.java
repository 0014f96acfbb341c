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

  /** {@code XEN_DOMCTL_DEBUG_OP_*} of {@code public/domctl.h}. */
  private static final int DEBUG_STEP_OFF = 0;

  private static final int DEBUG_STEP_ON = 1;

  private final Session session;
  private final byte[] states;
  private boolean monitored;
  private boolean everywhere;

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

  /** Lets all processors step until {@link #stopAll}, whatever is answered. */
  void stepAll() {
    prepare();
    everywhere = true;
    for (int vcpu = 0; vcpu < states.length; vcpu++) {
      control(vcpu, DEBUG_STEP_ON);
      states[vcpu] = ON;
    }
  }

  /** Ends the steps of all processors. */
  void stopAll() {
    everywhere = false;
    for (int vcpu = 0; vcpu < states.length; vcpu++) {
      if (states[vcpu] != OFF) {
        off(vcpu);
      }
    }
  }

  /** Returns the flag by which a processor steps from now on, or does not. */
  int toggle(int vcpu, boolean on) {
    if (states[vcpu] == ONCE) {
      if (!on && everywhere) {
        // Its one step may be over, or not: then the view still changes after it.
        control(vcpu, DEBUG_STEP_ON);
      }
      if (!on) {
        return 0;
      }
      off(vcpu);
    }
    byte wanted = on || everywhere ? ON : OFF;
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
    control(vcpu, DEBUG_STEP_OFF);
    states[vcpu] = OFF;
  }

  private void control(int vcpu, int what) {
    session.call(
        "cannot change whether a processor steps",
        handle -> LibXenMonitor.xc_domain_debug_control(handle, session.domain().id(), what, vcpu));
  }

  /** Switches all steps off, and their reports. */
  void end() {
    stopAll();
    if (monitored) {
      session.call(
          "cannot end the monitoring of single steps",
          handle -> LibXenMonitor.xc_monitor_singlestep(handle, session.domain().id(), 0));
      monitored = false;
    }
  }
}
