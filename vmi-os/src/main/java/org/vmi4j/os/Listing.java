package org.vmi4j.os;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The items read from a list or tree of the guest. The guest may have damaged it, by accident or on
 * purpose: then this holds the items before the damage, and states where it is.
 *
 * @param items what was found, in the guest's order
 * @param broken where and how the list is damaged; empty if it is complete
 */
public record Listing<T>(List<T> items, Optional<String> broken) implements Iterable<T> {

  /** Keeps its own copy of the items. */
  public Listing {
    items = List.copyOf(items);
  }

  /** Returns the items as a stream. */
  public Stream<T> stream() {
    return items.stream();
  }

  @Override
  public Iterator<T> iterator() {
    return items.iterator();
  }
}
