package org.vmi4j.os;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BudgetTest {

  @Test
  void allOfItMayBeCharged() {
    Budget budget = new Budget(100);
    budget.charge(60);
    budget.charge(40);
    budget.charge(0);
    assertThatThrownBy(() -> budget.charge(1)).isInstanceOf(BudgetExceededException.class);
  }

  @Test
  void whatIsUsedUpStaysUsedUp() {
    Budget budget = new Budget(100);
    assertThatThrownBy(() -> budget.charge(101)).isInstanceOf(BudgetExceededException.class);
    assertThatThrownBy(() -> budget.charge(1)).isInstanceOf(BudgetExceededException.class);
  }

  @Test
  void aSumThatOverflowsIsTooLarge() {
    Budget budget = new Budget(Long.MAX_VALUE);
    budget.charge(Long.MAX_VALUE);
    assertThatThrownBy(() -> budget.charge(Long.MAX_VALUE))
        .isInstanceOf(BudgetExceededException.class)
        .hasMessageContaining("exceeds its limit");
  }
}
