package org.vmi4j.os;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.Window;
import org.vmi4j.testkit.MockMemory;

class BudgetTest {

  /** A hole below the end is no memory, in which no answer of the guest can lie. */
  @Test
  void aGuestsBudgetIsItsMemoryWithoutHoles() {
    MockMemory memory = new MockMemory(4L << 30);
    int windows = 12;
    for (int i = 0; i < windows; i++) {
      memory.putLong((long) i * Window.SIZE, 1);
    }
    try (PhysicalMemory opened = memory.open()) {
      Budget budget = Budget.of(opened);
      budget.charge((long) windows * Window.SIZE);
      assertThatThrownBy(() -> budget.charge(1)).isInstanceOf(BudgetExceededException.class);
    }
  }

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
