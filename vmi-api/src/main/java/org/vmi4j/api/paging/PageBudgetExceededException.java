package org.vmi4j.api.paging;

import org.vmi4j.api.VmiException;

/** Reports that page tables map more than the guest can have: a {@link PageBudget} is used up. */
public final class PageBudgetExceededException extends VmiException {
  private static final long serialVersionUID = 1L;

  PageBudgetExceededException(long limit) {
    super(
        "the page tables map more than "
            + (limit >>> 20)
            + " MiB, several times the memory of the guest: they are damaged");
  }
}
