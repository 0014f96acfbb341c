package org.vmi4j.os;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was found in a list or tree of the guest. The guest may have damaged it, by accident or on
 * purpose: then this holds what was found until there, and says where it broke.
 *
 * @param items what was found, in the guest's order
 * @param broken where and how the list broke, empty when it ended as it should
 */
public record Listing<T>(List<T> items, Optional<String> broken) implements Iterable<T> {

  /** Keeps its own copy of the items. */
  public Listing {
    items = List.copyOf(items);
  }

  /** The items one by one. */
  public Stream<T> stream() {
    return items.stream();
  }

  @Override
  public Iterator<T> iterator() {
    return items.iterator();
  }
}
