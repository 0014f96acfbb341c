package org.vmi4j.os.linux.syscall;

/** How the value of an argument is shown. */
@FunctionalInterface
interface Kind {
  /**
   * Returns what a value means.
   *
   * @param arguments the values of all arguments
   * @param index which of them it is
   * @throws org.vmi4j.api.memory.MemoryFault if it refers to memory that is not there
   * @throws org.vmi4j.os.BudgetExceededException if it refers to more than one call may
   */
  String text(Caller caller, long[] arguments, int index);
}
