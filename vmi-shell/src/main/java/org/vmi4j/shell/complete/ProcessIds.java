package org.vmi4j.shell.complete;

import java.util.stream.Stream;
import org.vmi4j.shell.session.Guest;

/** The process IDs of the guest. */
public final class ProcessIds extends GuestCandidates {
  @Override
  protected Stream<String> of(Guest guest, String prefix) {
    return guest.linux().processes().stream().map(process -> Integer.toString(process.id()));
  }
}
