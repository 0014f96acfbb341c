package org.vmi4j.shell.complete;

import java.util.stream.Stream;
import org.vmi4j.shell.session.Guest;

/** The names of the kernel's types. */
public final class TypeNames extends GuestCandidates {
  @Override
  protected Stream<String> of(Guest guest, String prefix) {
    return guest.linux().kernel().profile().types().names().sorted();
  }
}
