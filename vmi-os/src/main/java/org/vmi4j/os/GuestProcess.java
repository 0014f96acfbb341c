package org.vmi4j.os;

import java.time.Duration;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;

/**
 * A process of a guest. Its process ID and name are those at the moment it was listed; everything
 * else is read on each call, which throws {@link MemoryFault} if the process has ended and its
 * memory has been freed.
 */
public interface GuestProcess {
  /** Returns its number. */
  int id();

  /**
   * Returns the process ID of its parent: the process that started it, or the one that adopted it.
   */
  int parentId();

  /** Returns the kernel's short name for it. */
  String name();

  /**
   * Returns its command line, the arguments joined by spaces; for a process that has none, its
   * {@link #name} in brackets.
   */
  String commandLine();

  /**
   * Returns its command line as a part of an answer about many processes.
   *
   * @param budget what the answer may hold; the command line is charged
   * @throws BudgetExceededException if the answer is full
   */
  String commandLine(Budget budget);

  /** Returns when it was created, as the time since the guest was started. */
  Duration created();

  /** Returns whether it has an address space of its own; a kernel thread and a zombie have none. */
  boolean hasUserMemory();

  /**
   * Returns its virtual memory.
   *
   * @throws MemoryFault if it has none; in a running machine, one that had it has ended
   * @throws VmiException if its page table cannot be found
   */
  AddressSpace addressSpace();

  /**
   * Lists the regions of its memory, in ascending order.
   *
   * @throws MemoryFault if it has none; in a running machine, one that had it has ended
   */
  Listing<MemoryRegion> regions();

  /** Lists its threads, the oldest one first. */
  Listing<? extends GuestThread> threads();
}
