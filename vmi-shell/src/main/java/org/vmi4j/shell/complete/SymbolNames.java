package org.vmi4j.shell.complete;

import java.util.stream.Stream;
import org.vmi4j.profiles.Symbol;
import org.vmi4j.shell.session.Guest;

/** The names of the kernel's symbols. */
public final class SymbolNames extends GuestCandidates {
  @Override
  protected Stream<String> of(Guest guest, String prefix) {
    return guest.linux().kernel().profile().symbols().withPrefix(prefix).map(Symbol::name);
  }
}
