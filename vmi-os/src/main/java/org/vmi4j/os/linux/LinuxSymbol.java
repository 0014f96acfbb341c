package org.vmi4j.os.linux;

import java.util.Optional;
import org.vmi4j.profiles.Symbol;

/**
 * A symbol of the kernel or of a module.
 *
 * @param symbol the symbol
 * @param module the name of the module that it is of; empty for the kernel's own
 */
public record LinuxSymbol(Symbol symbol, Optional<String> module) {
  /** Its name as /proc/kallsyms shows it: {@code schedule}, {@code llc_sap_open [llc]}. */
  public String name() {
    return symbol.name() + suffix();
  }

  /** Writes an address by its distance from the symbol: {@code llc_sap_open+0x10 [llc]}. */
  public String describe(long at) {
    return symbol.describe(at) + suffix();
  }

  private String suffix() {
    return module.map(name -> " [" + name + "]").orElse("");
  }
}
