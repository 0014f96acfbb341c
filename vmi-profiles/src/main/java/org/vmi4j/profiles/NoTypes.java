package org.vmi4j.profiles;

import java.util.Optional;
import java.util.stream.Stream;

final class NoTypes implements Types {
  @Override
  public Optional<StructType> struct(String name) {
    return Optional.empty();
  }

  @Override
  public Optional<Type> named(String name) {
    return Optional.empty();
  }

  @Override
  public Optional<Type> variable(String name) {
    return Optional.empty();
  }

  @Override
  public Stream<String> names() {
    return Stream.empty();
  }

  @Override
  public int count() {
    return 0;
  }
}
