package org.vmi4j.api;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.vmi4j.api.spi.VmDriver;

/** The door to vmi4j: opens a virtual machine by its URI. */
public final class Vmi {

  private Vmi() {}

  /**
   * Opens a virtual machine.
   *
   * @param uri its address, such as {@code file:guest.elf}
   * @return the machine, to be closed by the caller
   * @throws VmiException if no driver knows the scheme, or the driver cannot open it
   */
  public static Vm open(String uri) {
    VmUri parsed = VmUri.parse(uri);
    List<VmDriver> drivers = drivers();
    return drivers.stream()
        .filter(driver -> driver.scheme().equals(parsed.scheme()))
        .findFirst()
        .orElseThrow(() -> unknownScheme(parsed, drivers))
        .open(parsed);
  }

  /** All drivers on the module path and the class path. */
  public static List<VmDriver> drivers() {
    return ServiceLoader.load(VmDriver.class).stream().map(ServiceLoader.Provider::get).toList();
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
