package org.vmi4j.benchmarks;

import com.google.common.collect.ListMultimap;
import com.google.common.collect.MultimapBuilder;
import java.util.Collections;
import java.util.List;

/** What was measured under each name, in nanoseconds. */
final class Samples {
  private final ListMultimap<String, Double> values =
      MultimapBuilder.hashKeys().arrayListValues().build();

  void add(String name, double nanoseconds) {
    values.put(name, nanoseconds);
  }

  double median(String name) {
    List<Double> sorted = of(name).stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  double least(String name) {
    return Collections.min(of(name));
  }

  double greatest(String name) {
    return Collections.max(of(name));
  }

  private List<Double> of(String name) {
    List<Double> found = values.get(name);
    if (found.isEmpty()) {
      throw new IllegalStateException("nothing was measured of " + name);
    }
    return found;
  }
}
