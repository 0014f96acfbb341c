package org.vmi4j.os.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.vmi4j.os.Listing;
import org.vmi4j.os.internal.Lazy;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.profiles.Symbols;

/**
 * The symbols of the kernel and of its modules. Those of the modules are read on first use and then
 * kept: call {@link Linux#symbols()} again to include modules that are loaded later.
 *
 * <p>A name may be followed by its module, as in /proc/kallsyms: {@code llc_sap_open [llc]}.
 */
public final class LinuxSymbols {
  private static final Pattern OF_MODULE = Pattern.compile("(.*?)\\s*\\[([^\\[\\]]+)\\]");

  private final Symbols kernel;
  private final Lazy<Listing<ModuleSymbols.Table>> modules;

  LinuxSymbols(Symbols kernel, Supplier<Listing<ModuleSymbols.Table>> modules) {
    this.kernel = kernel;
    this.modules = new Lazy<>(modules);
  }

  /** Returns the address of the first symbol with a name, the kernel's before those of modules. */
  public OptionalLong address(String name) {
    OptionalLong known = kernel.address(name);
    return known.isPresent()
        ? known
        : all(name).stream().mapToLong(found -> found.symbol().address()).findFirst();
  }

  /** Returns all symbols with a name, the kernel's before those of modules. */
  public List<LinuxSymbol> all(String name) {
    Matcher ofModule = OF_MODULE.matcher(name);
    List<LinuxSymbol> found = new ArrayList<>();
    if (ofModule.matches()) {
      for (ModuleSymbols.Table table : modules.get()) {
        if (table.module().equals(ofModule.group(2))) {
          add(found, table, ofModule.group(1));
        }
      }
    } else {
      kernel.all(name).forEach(symbol -> found.add(new LinuxSymbol(symbol, Optional.empty())));
      modules.get().forEach(table -> add(found, table, name));
    }
    return found;
  }

  private static void add(List<LinuxSymbol> found, ModuleSymbols.Table table, String name) {
    table.symbols().all(name).forEach(symbol -> found.add(of(table, symbol)));
  }

  private static LinuxSymbol of(ModuleSymbols.Table table, Symbol symbol) {
    return new LinuxSymbol(symbol, Optional.of(table.module()));
  }

  /**
   * Returns the last symbol at or before an address: a symbol of the module whose memory contains
   * the address, otherwise of the kernel.
   */
  public Optional<LinuxSymbol> nearest(long address) {
    if (!inKernel(address)) {
      for (ModuleSymbols.Table table : modules.get()) {
        if (table.contains(address)) {
          return table
              .symbols()
              .nearest(address)
              .filter(symbol -> table.contains(symbol.address()))
              .map(symbol -> of(table, symbol));
        }
      }
    }
    return kernel.nearest(address).map(symbol -> new LinuxSymbol(symbol, Optional.empty()));
  }

  /** Returns the name of the symbol at exactly this address. */
  public Optional<String> exactly(long address) {
    return nearest(address)
        .filter(found -> found.symbol().address() == address)
        .map(LinuxSymbol::name);
  }

  /** Returns the symbols whose names begin with a prefix, the kernel's first. */
  public Stream<LinuxSymbol> withPrefix(String prefix) {
    return Stream.concat(
        kernel.withPrefix(prefix).map(symbol -> new LinuxSymbol(symbol, Optional.empty())),
        Stream.of(modules)
            .flatMap(read -> read.get().stream())
            .flatMap(table -> table.symbols().withPrefix(prefix).map(symbol -> of(table, symbol))));
  }

  /** Returns the symbols of all modules, in the order of the modules. */
  public Stream<LinuxSymbol> ofModules() {
    return modules.get().stream()
        .flatMap(table -> table.symbols().all().map(symbol -> of(table, symbol)));
  }

  /** Returns why symbols of modules are missing, one sentence per fault. */
  public Optional<String> broken() {
    return modules.get().broken();
  }

  /** Returns whether an address is in the kernel's image and not in a module. */
  private boolean inKernel(long address) {
    OptionalLong start = kernel.address("_text");
    OptionalLong end = kernel.address("_end");
    return start.isPresent()
        && end.isPresent()
        && Long.compareUnsigned(address - start.getAsLong(), end.getAsLong() - start.getAsLong())
            < 0;
  }
}
