package org.vmi4j.profiles;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A structure or a union. */
public final class StructType implements Type {
  private final Kind kind;
  private final String name;
  private final long size;
  private final Supplier<List<Member>> source;
  private List<Member> members;

  /** Creates a structure or union; its members are resolved once, on first use. */
  public StructType(Kind kind, String name, long size, Supplier<List<Member>> members) {
    this.kind = kind;
    this.name = name;
    this.size = size;
    this.source = members;
  }

  /** The two kinds, which differ in how they are declared. */
  public enum Kind {
    /** Members follow each other. */
    STRUCT("struct"),
    /** Members share their bytes. */
    UNION("union");

    private final String keyword;

    Kind(String keyword) {
      this.keyword = keyword;
    }

    /** Returns the word that begins its declaration in C. */
    public String keyword() {
      return keyword;
    }
  }

  /** Returns whether it is a structure or a union. */
  public Kind kind() {
    return kind;
  }

  /** Returns the members as declared; those of anonymous members are not among them. */
  public List<Member> members() {
    List<Member> known = members;
    if (known == null) {
      known = List.copyOf(source.get());
      members = known;
    }
    return known;
  }

  /**
   * Finds a member.
   *
   * @param path a member's name, or names and indexes that lead to one: {@code tasks.next}, {@code
   *     comm[3]}; members of anonymous structures and unions are found by their name alone
   * @return its position, from the start of this structure
   */
  public Optional<Field> field(String path) {
    return FieldPath.find(this, path);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String toString() {
    return Declaration.of(this, "");
  }
}
