package org.vmi4j.os;

import java.util.Optional;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.profiles.Profile;

/**
 * The operating system of a guest: what all supported systems have in common. Every call reads the
 * current state of the guest; nothing is cached between calls.
 *
 * <p>An implementation holds no resource of its own, and may be used by several threads as long as
 * the machine is open.
 */
public interface GuestOs {
  /** Returns the name of the operating system: {@code "Linux"}. */
  String name();

  /** Returns the machine. */
  Vm vm();

  /** Returns the address space of the kernel. */
  AddressSpace addressSpace();

  /** Returns the types and symbols of the kernel, at its run-time addresses. */
  Profile profile();

  /** Returns a budget for one answer about this guest. */
  Budget newBudget();

  /** Lists all processes, in the kernel's order. */
  Listing<? extends GuestProcess> processes();

  /** Lists the modules that the kernel has loaded, in its order. */
  Listing<? extends GuestModule> modules();

  /**
   * Finds a process by its process ID.
   *
   * @return empty if there is none; if the list of processes is damaged, it may be in the part that
   *     cannot be read
   */
  default Optional<? extends GuestProcess> findProcess(int id) {
    return processes().stream().filter(process -> process.id() == id).findFirst();
  }

  /**
   * Returns the process with a process ID.
   *
   * @throws VmiException if there is none; the message states whether the list is incomplete
   */
  default GuestProcess process(int id) {
    Listing<? extends GuestProcess> all = processes();
    for (GuestProcess process : all) {
      if (process.id() == id) {
        return process;
      }
    }
    throw new VmiException(
        "there is no process "
            + id
            + " in "
            + vm().uri()
            + all.broken().map(why -> "; the list is incomplete: " + why).orElse(""));
  }
}
