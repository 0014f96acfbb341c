package org.vmi4j.profiles;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks up what a program needs of a profile, and reports all that is missing at once:
 *
 * <pre>{@code
 * Binder binder = profile.binder();
 * Field pid = binder.field("task_struct", "pid");
 * Field state = binder.firstOf("task_struct", "__state", "state");
 * long initTask = binder.symbol("init_task");
 * binder.check();
 * }</pre>
 *
 * <p>What is looked up must not be used before {@link #check()} has returned.
 */
public final class Binder {
  private final Profile profile;
  private final Set<String> missing = new LinkedHashSet<>();

  Binder(Profile profile) {
    this.profile = profile;
  }

  /**
   * A member that must be there.
   *
   * @param type the name of a structure or union
   * @param path a member, or a path as in {@link StructType#field}
   */
  public Field field(String type, String path) {
    return firstOf(type, path);
  }

  /** A member that need not be there, nor its type. */
  public Optional<Field> optional(String type, String path) {
    return profile.types().struct(type).flatMap(struct -> struct.field(path));
  }

  /** The first of several members that is there; one of them must be. */
  public Field firstOf(String type, String... paths) {
    Optional<StructType> struct = profile.types().struct(type);
    if (struct.isEmpty()) {
      missing.add("type " + type);
      return nothing(paths[0]);
    }
    for (String path : paths) {
      Optional<Field> found = struct.get().field(path);
      if (found.isPresent()) {
        return found.get();
      }
    }
    missing.add("member " + type + "." + String.join(" or " + type + ".", paths));
    return nothing(paths[0]);
  }

  private static Field nothing(String name) {
    return Field.of(name, OpaqueType.VOID, 0, 0, 0);
  }

  /** The size in bytes of a type that must be there. */
  public long size(String type) {
    Optional<Type> found = profile.types().named(type);
    if (found.isEmpty()) {
      missing.add("type " + type);
    }
    return found.map(Type::size).orElse(0L);
  }

  /** The address of a symbol that must be there. */
  public long symbol(String name) {
    OptionalLong address = profile.symbols().address(name);
    if (address.isEmpty()) {
      missing.add("symbol " + name);
    }
    return address.orElse(0);
  }

  /**
   * Checks that all was found.
   *
   * @throws ProfileException naming the profile and everything that it lacks
   */
  public void check() {
    if (!missing.isEmpty()) {
      throw new ProfileException(
          profile
              + ", lacks "
              + String.join(", ", missing)
              + "; give a profile made for the kernel that the guest runs");
    }
  }
}
