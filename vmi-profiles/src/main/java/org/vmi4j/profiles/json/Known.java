package org.vmi4j.profiles.json;

import java.util.function.Supplier;
import org.vmi4j.profiles.Type;

/**
 * A type that need not be looked up.
 *
 * @param type the type
 */
public record Known(Type type) implements Supplier<Type> {
  @Override
  public Type get() {
    return type;
  }
}
