package org.vmi4j.profiles;

import java.util.List;
import java.util.function.Supplier;

/** A function, of which a profile may know no more than that it is one. */
public final class FunctionType implements Type {
  private final Supplier<Type> result;
  private final List<Supplier<Type>> parameters;

  /** Creates a function; its result and parameters are asked for when they are needed. */
  public FunctionType(Supplier<Type> result, List<Supplier<Type>> parameters) {
    this.result = result;
    this.parameters = List.copyOf(parameters);
  }

  /** What it returns. */
  public Type result() {
    return result.get();
  }

  /** What it takes, as far as the profile knows. */
  public List<Type> parameters() {
    return parameters.stream().map(Supplier::get).toList();
  }

  @Override
  public String name() {
    return "";
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public String toString() {
    return Declaration.of(this, "");
  }
}
