package org.vmi4j.api;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vmi4j.api.spi.VmDriver;

/** Entry point: opens a virtual machine by its URI. */
public final class Vmi {

  private Vmi() {}

  /**
   * Opens a virtual machine.
   *
   * @param uri its address, such as {@code file:guest.elf}
   * @return the machine, to be closed by the caller
   * @throws VmiException if no driver knows the scheme, or the driver cannot open it
   * @throws java.util.concurrent.CancellationException if the thread was interrupted meanwhile
   */
  public static Vm open(String uri) {
    VmUri parsed = VmUri.parse(uri);
    return driver(parsed).open(parsed);
  }

  /**
   * Lists the machines that a driver can open.
   *
   * @param uri the driver's scheme and a colon, such as {@code xen:}
   * @throws VmiException if no driver knows the scheme, or the driver cannot list them
   */
  public static List<VmInfo> list(String uri) {
    VmUri parsed = VmUri.parse(uri);
    return driver(parsed).list(parsed);
  }

  /** All drivers on the module path and the class path. */
  public static List<VmDriver> drivers() {
    return found().toList();
  }

  /** Drivers as they are found: those behind the one that is looked for are not even loaded. */
  private static Stream<VmDriver> found() {
    return ServiceLoader.load(VmDriver.class).stream().map(ServiceLoader.Provider::get);
  }

  private static VmDriver driver(VmUri uri) {
    return found()
        .filter(driver -> driver.scheme().equals(uri.scheme()))
        .findFirst()
        .orElseThrow(() -> unknownScheme(uri, drivers()));
  }

  private static VmiException unknownScheme(VmUri uri, List<VmDriver> drivers) {
    String known =
        drivers.isEmpty()
            ? "no driver is on the class path: add vmi-snapshot for memory images"
            : "known schemes: "
                + drivers.stream()
                    .map(driver -> driver.scheme() + ": (" + driver.help() + ")")
                    .collect(Collectors.joining(", "));
    return new VmiException("unknown scheme \"" + uri.scheme() + ":\" in " + uri + "; " + known);
  }
}
