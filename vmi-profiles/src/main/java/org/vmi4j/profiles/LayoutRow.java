package org.vmi4j.profiles;

import java.util.ArrayList;
import java.util.List;

/**
 * One row of a structure's layout.
 *
 * @param depth 0 for its own members, more for those of anonymous members
 * @param field its position, from the start of the outermost structure
 * @param declaration the member as C declares it, without a semicolon
 */
public record LayoutRow(int depth, Field field, String declaration) {

  static List<LayoutRow> of(StructType struct) {
    List<LayoutRow> rows = new ArrayList<>();
    add(rows, struct, 0, null, new Declaration(Limits.LAYOUT));
    return List.copyOf(rows);
  }

  private static void add(
      List<LayoutRow> rows, StructType struct, int depth, Field outer, Declaration text) {
    for (Member member : struct.members()) {
      if (rows.size() >= Limits.MEMBERS || depth > Limits.NESTING) {
        throw new ProfileException(
            struct.name() + " nests too deep or has more than " + Limits.MEMBERS + " members");
      }
      Field own = Field.of(member);
      Field field = outer == null ? own : own.within(outer);
      rows.add(new LayoutRow(depth, field, declaration(member, text)));
      if (member.anonymous() && field.type() instanceof StructType inner) {
        add(rows, inner, depth + 1, field, text);
      }
    }
  }

  private static String declaration(Member member, Declaration text) {
    String plain = text.declare(member.type(), member.name());
    return member.bitSize() == 0 ? plain : plain + " : " + member.bitSize();
  }
}
