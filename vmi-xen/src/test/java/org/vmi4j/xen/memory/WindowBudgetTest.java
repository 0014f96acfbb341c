package org.vmi4j.xen.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowBudgetTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 15, 16, 17, 63, 64, 65, 100, 2046, 32765, Integer.MAX_VALUE / 2})
  void theSmallestBudgetThatKeepsSomeKeepsThem(int wanted) {
    WindowBudget budget = WindowBudget.keeping(wanted);
    assertThat(budget.kept()).isGreaterThanOrEqualTo(wanted);
    assertThat(budget.total() - budget.kept()).isGreaterThanOrEqualTo(16);
    if (budget.total() > WindowBudget.LEAST) {
      assertThat(new WindowBudget(budget.total() - 1).kept()).isLessThan(wanted);
    }
  }

  @Test
  void tooFewAreRefused() {
    assertThat(new WindowBudget(32).kept()).isEqualTo(16);
    assertThatThrownBy(() -> new WindowBudget(31)).isInstanceOf(IllegalArgumentException.class);
  }
}
