package org.vmi4j.os.linux.container;

import java.util.Optional;
import java.util.function.LongConsumer;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.AddressSet;
import org.vmi4j.os.BudgetExceededException;

/** Follows the kernel's circular lists (struct list_head), which the guest may have damaged. */
public final class KernelList {
  private static final int MAX_ITEMS = 1 << 20;

  private KernelList() {}

  /**
   * Visits the entries of a list.
   *
   * @param memory the kernel's address space
   * @param head the address of the list's head
   * @param name the name of the list, for the description of damage
   * @param item receives the address of each entry's list_head; a {@link MemoryFault} or a {@link
   *     BudgetExceededException} that it throws ends the walk
   * @return where and how the list is damaged, if it is
   */
  public static Optional<String> walk(Memory memory, long head, String name, LongConsumer item) {
    AddressSet seen = new AddressSet();
    long previous = head;
    int count = 0;
    try {
      for (long at = memory.readPointer(head); at != head; count++) {
        if (at == 0) {
          return Optional.of(name + " ends in a null pointer after " + hex(previous));
        }
        if (!seen.add(at)) {
          return Optional.of(name + " loops: " + hex(previous) + " leads to " + hex(at));
        }
        if (count == MAX_ITEMS) {
          return Optional.of(name + " has more than " + MAX_ITEMS + " entries");
        }
        item.accept(at);
        previous = at;
        at = memory.readPointer(at);
      }
      return Optional.empty();
    } catch (MemoryFault | BudgetExceededException e) {
      return Optional.of(
          name + " ends after " + count + " entries, at " + hex(previous) + ": " + e.getMessage());
    }
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
