package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Declarations as C writes them, and those of types that a hostile guest knots together. */
@Timeout(20)
class DeclarationTest {
  private static final Type INT = new IntegerType("int", 4, true, IntegerType.Encoding.NUMBER);

  private static Supplier<Type> pointer(Supplier<Type> target) {
    return () -> new PointerType(8, target);
  }

  @Test
  void functionsArraysAndPointersNestAsInC() {
    Type callback = new FunctionType(() -> INT, List.of(pointer(() -> INT), () -> INT));
    Type table = new ArrayType(pointer(() -> callback), 4);
    assertThat(Declaration.of(table, "calls")).isEqualTo("int (*calls[4])(int *, int)");
    assertThat(Declaration.of(new PointerType(8, () -> table), ""))
        .isEqualTo("int (*(*)[4])(int *, int)");
  }

  /**
   * A function that takes pointers to itself has as many ways to itself as parameters, each time.
   */
  private static FunctionType knot(int parameters) {
    FunctionType[] self = new FunctionType[1];
    self[0] = new FunctionType(() -> INT, Collections.nCopies(parameters, pointer(() -> self[0])));
    return self[0];
  }

  @Test
  void aFunctionOfPointersToItselfIsDeclaredWithinABudget() {
    for (int parameters : new int[] {1, 2, 8, 65_535}) {
      String text = Declaration.of(knot(parameters), "f");
      assertThat(text).contains(" f(").contains("...").hasSizeLessThan(3 * Limits.DECLARATION);
    }
  }

  @Test
  void aStructureFullOfThemIsLaidOutAndWhatFollowsIsDeclaredInFull() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      members.add(Member.of("f" + i, 8L * i, pointer(() -> knot(8))));
    }
    members.add(100, Member.of("plain", 4, () -> INT));
    StructType struct = new StructType(StructType.Kind.STRUCT, "ops", 8, () -> members);
    List<LayoutRow> rows = Declaration.layout(struct);
    assertThat(rows).hasSize(members.size());
    assertThat(rows.get(100).declaration()).isEqualTo("int plain");
    assertThat(rows.stream().mapToLong(row -> row.declaration().length()).sum())
        .isLessThan(3L * Limits.LAYOUT);
    assertThat(rows.get(50_000).declaration()).isEqualTo("... f49999");
  }
}
