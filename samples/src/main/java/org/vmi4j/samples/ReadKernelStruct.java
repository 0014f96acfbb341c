package org.vmi4j.samples;

import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** Reads a structure of the kernel that vmi4j has no class for: the name of the guest's host. */
public final class ReadKernelStruct {
  private static final int MAX_NAME = 64;

  private ReadKernelStruct() {}

  /** Takes the URI of a machine. */
  public static void main(String[] arguments) {
    try (Vm vm = Vmi.open(arguments[0])) {
      Kernel kernel = Linux.detect(vm).kernel();
      Binder binder = kernel.profile().binder();
      long names = binder.symbol("init_uts_ns");
      Field host = binder.field("uts_namespace", "name.nodename");
      binder.check();
      System.out.println(kernel.addressSpace().readString(names + host.offset(), MAX_NAME));
    }
  }
}
