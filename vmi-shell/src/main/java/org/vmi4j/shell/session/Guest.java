package org.vmi4j.shell.session;

import com.google.common.base.Suppliers;
import java.util.Optional;
import java.util.function.Supplier;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.VcpuAddressSpaces;
import org.vmi4j.os.DetectOptions;
import org.vmi4j.os.KernelNotFoundException;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.profiles.Profile;

/** An open machine, and its Linux, detected on first use. */
public final class Guest implements AutoCloseable {
  private final Vm vm;
  private final Supplier<Linux> linux;

  Guest(String uri, Optional<Profile> profile, Progress progress) {
    this.vm = Vmi.open(uri);
    this.linux = Suppliers.memoize(() -> Linux.detect(vm, new DetectOptions(profile, progress)));
  }

  public Vm vm() {
    return vm;
  }

  public Linux linux() {
    return linux.get();
  }

  /**
   * Returns the kernel's address space; in a guest whose kernel is not found, that of a processor.
   *
   * @throws KernelNotFoundException if there is neither
   */
  public AddressSpace addressSpace() {
    try {
      return linux().kernel().addressSpace();
    } catch (KernelNotFoundException notFound) {
      return VcpuAddressSpaces.of(vm).orElseThrow(() -> notFound);
    }
  }

  @Override
  public void close() {
    vm.close();
  }
}
