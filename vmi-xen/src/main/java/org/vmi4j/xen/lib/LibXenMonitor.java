package org.vmi4j.xen.lib;

/**
 * The functions of Xen's control library that report what a guest does ({@code xenctrl.h}). Those
 * that changed between releases are here once for each form; what C has as {@code bool} is an int
 * here, 0 or 1. What came later than 4.8 has a class of its own.
 */
public final class LibXenMonitor {
  private LibXenMonitor() {}

  public static void bind(Libraries libraries) {
    libraries.bindControl(LibXenMonitor.class);
  }

  /** Maps the ring, and returns its address; 0 with an error in errno. */
  public static native long xc_monitor_enable(long handle, int domain, int[] port);

  public static native int xc_monitor_disable(long handle, int domain);

  /** Lets Xen read the responses in the ring; ENODEV if the domain is not monitored. */
  public static native int xc_monitor_resume(long handle, int domain);

  /** Returns bits, {@code XEN_DOMCTL_MONITOR_EVENT_*} of {@code domctl.h}. */
  public static native int xc_monitor_get_capabilities(long handle, int domain, int[] bits);

  /** Up to 4.9. */
  public static native int xc_monitor_write_ctrlreg(
      long handle, int domain, short index, int enable, int waits, int changesOnly);

  /** From 4.10 on. */
  public static native int xc_monitor_write_ctrlreg(
      long handle, int domain, short index, int enable, int waits, long mask, int changesOnly);

  /** Up to 4.10. */
  public static native int xc_monitor_mov_to_msr(long handle, int domain, int msr, int enable);

  /** From 4.11 on. */
  public static native int xc_monitor_mov_to_msr(
      long handle, int domain, int msr, int enable, int changesOnly);

  /** Up to 4.9. */
  public static native int xc_monitor_guest_request(long handle, int domain, int enable, int waits);

  /** From 4.10 on. */
  public static native int xc_monitor_guest_request(
      long handle, int domain, int enable, int waits, int fromUserSpace);

  public static native int xc_monitor_singlestep(long handle, int domain, int enable);

  public static native int xc_monitor_software_breakpoint(long handle, int domain, int enable);

  public static native int xc_monitor_debug_exceptions(
      long handle, int domain, int enable, int waits);

  public static native int xc_monitor_cpuid(long handle, int domain, int enable);

  public static native int xc_monitor_privileged_call(long handle, int domain, int enable);

  /** Switches single steps of one processor off (0) or on (1): {@code XEN_DOMCTL_DEBUG_OP_*}. */
  public static native int xc_domain_debug_control(long handle, int domain, int what, int vcpu);

  /** Descriptor tables. */
  public static final class DescriptorAccess {
    private DescriptorAccess() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(DescriptorAccess.class);
    }

    @Since("4.9")
    public static native int xc_monitor_descriptor_access(long handle, int domain, int enable);
  }

  /** What Xen cannot emulate. */
  public static final class EmulUnimplemented {
    private EmulUnimplemented() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(EmulUnimplemented.class);
    }

    @Since("4.10")
    public static native int xc_monitor_emul_unimplemented(long handle, int domain, int enable);
  }

  /** Exits of a processor from the guest. */
  public static final class VmExit {
    private VmExit() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(VmExit.class);
    }

    @Since("4.17")
    public static native int xc_monitor_vmexit(long handle, int domain, int enable, int waits);
  }

  /** Ports. */
  public static final class Io {
    private Io() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(Io.class);
    }

    @Since("4.18")
    public static native int xc_monitor_io(long handle, int domain, int enable);
  }

  /** The version of the hypervisor's interface. */
  public static final class Version {
    private Version() {}

    public static void bind(Libraries libraries) {
      libraries.bindControl(Version.class);
    }

    @Since("4.13")
    public static native int xc_vm_event_get_version(long handle);
  }
}
