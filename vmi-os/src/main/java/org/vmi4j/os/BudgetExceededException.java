package org.vmi4j.os;

import org.vmi4j.api.VmiException;

/** Reports that a guest describes more than its memory can hold: a {@link Budget} is used up. */
public final class BudgetExceededException extends VmiException {
  private static final long serialVersionUID = 1L;

  BudgetExceededException(long limit) {
    super(
        "the answer exceeds its limit of "
            + (limit >>> 20)
            + " MiB, the memory of the guest or a quarter of the heap; the guest shares one"
            + " structure among many, or the heap is too small (-Xmx)");
  }
}
