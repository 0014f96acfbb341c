package org.vmi4j.shell.complete;

import java.util.stream.Stream;
import org.vmi4j.shell.session.Guest;

/** The names of the symbols of the kernel and its modules. */
public final class SymbolNames extends GuestCandidates {
  @Override
  protected Stream<String> of(Guest guest, String prefix) {
    return guest.linux().symbols().withPrefix(prefix).map(found -> found.symbol().name());
  }
}
