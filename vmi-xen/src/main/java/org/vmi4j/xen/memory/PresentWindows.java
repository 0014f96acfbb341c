package org.vmi4j.xen.memory;

/** Finds windows that may have memory: a domain's address space is mostly holes. */
@FunctionalInterface
public interface PresentWindows {

  /**
   * The address of the first window, at a given one or above, that may have memory.
   *
   * @param window the address of a window
   * @return an address, or -1 if there is no more
   */
  long next(long window);
}
