package org.vmi4j.profiles;

import java.util.List;
import java.util.function.Supplier;

/** A function; a profile may lack its prototype. */
public final class FunctionType implements Type {
  private final Supplier<Type> result;
  private final List<Supplier<Type>> parameters;

  /** Creates a function; its result and parameters are resolved on first use. */
  public FunctionType(Supplier<Type> result, List<Supplier<Type>> parameters) {
    this.result = result;
    this.parameters = List.copyOf(parameters);
  }

  /** Returns the type of its result. */
  public Type result() {
    return result.get();
  }

  /** Returns the types of its parameters, as far as the profile knows them. */
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
