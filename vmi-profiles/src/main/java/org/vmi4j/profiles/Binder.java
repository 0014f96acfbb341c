package org.vmi4j.profiles;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks up the types, members and symbols that a program needs, and reports everything missing at
 * once:
 *
 * <pre>{@code
 * Binder binder = profile.binder();
 * Field pid = binder.field("task_struct", "pid");
 * Field state = binder.firstOf("task_struct", "__state", "state");
 * long initTask = binder.symbol("init_task");
 * binder.check();
 * }</pre>
 *
 * <p>The results must not be used before {@link #check()} has returned.
 */
public final class Binder {
  private final Profile profile;
  private final Set<String> missing = new LinkedHashSet<>();

  Binder(Profile profile) {
    this.profile = profile;
  }

  /**
   * Returns a required member.
   *
   * @param type the name of a structure or union
   * @param path a member, or a path as in {@link StructType#field}
   */
  public Field field(String type, String path) {
    return firstOf(type, path);
  }

  /** Returns an optional member; its type is optional too. */
  public Optional<Field> optional(String type, String path) {
    return profile.types().struct(type).flatMap(struct -> struct.field(path));
  }

  /** Returns the first of several members that exists; one of them is required. */
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

  /** Returns the size in bytes of a required type. */
  public long size(String type) {
    Optional<Type> found = profile.types().named(type);
    if (found.isEmpty()) {
      missing.add("type " + type);
    }
    return found.map(Type::size).orElse(0L);
  }

  /** Returns the address of a required symbol. */
  public long symbol(String name) {
    OptionalLong address = profile.symbols().address(name);
    if (address.isEmpty()) {
      missing.add("symbol " + name);
    }
    return address.orElse(0);
  }

  /**
   * Checks that everything required was found.
   *
   * @throws ProfileException if something is missing; the message names the profile and everything
   *     that it lacks
   */
  public void check() {
    if (!missing.isEmpty()) {
      throw new ProfileException(
          profile
              + ", lacks "
              + String.join(", ", missing)
              + "; supply a profile made for the kernel that the guest runs");
    }
  }
}
