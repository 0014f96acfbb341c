package org.vmi4j.os.linux;

import java.util.Optional;
import org.vmi4j.profiles.Symbol;

/**
 * A symbol of the kernel or of a module.
 *
 * @param symbol the symbol
 * @param module the name of the module that defines it; empty for the kernel
 */
public record LinuxSymbol(Symbol symbol, Optional<String> module) {
  /** Returns its name as /proc/kallsyms shows it: {@code schedule}, {@code llc_sap_open [llc]}. */
  public String name() {
    return symbol.name() + suffix();
  }

  /** Returns an address as an offset from the symbol: {@code llc_sap_open+0x10 [llc]}. */
  public String describe(long at) {
    return symbol.describe(at) + suffix();
  }

  private String suffix() {
    return module.map(name -> " [" + name + "]").orElse("");
  }
}
