package org.vmi4j.shell.complete;

import java.util.Collections;
import java.util.Iterator;
import java.util.stream.Stream;
import org.vmi4j.shell.session.Guest;

/**
 * Completion candidates that come from the guest. A command names the class as the {@code
 * completionCandidates} of a parameter; outside the shell, where no guest is open, there are none.
 */
public abstract class GuestCandidates implements Iterable<String> {

  /** Returns the candidates that begin with a prefix, if the prefix narrows the choice. */
  protected abstract Stream<String> of(Guest guest, String prefix);

  @Override
  public final Iterator<String> iterator() {
    return Collections.emptyIterator();
  }
}
