package org.vmi4j.api;

import java.util.Optional;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.memory.PhysicalMemory;

/**
 * One virtual machine, seen as hardware: a name, its guest-physical memory, and whatever else its
 * driver is capable of. It is opened with {@link Vmi#open} and closed by whoever opened it.
 *
 * <p>Implementations are safe for use by several threads.
 */
public interface Vm extends AutoCloseable {

  /** The name of the machine as its driver knows it: a domain's name, or an image's file name. */
  String name();

  /** The URI that opens this machine again. */
  String uri();

  /**
   * What kind of source this is, in a few words for people: {@code "ELF core of QEMU, zstd"}, for
   * example.
   */
  String description();

  /** Whether the machine can run while it is open; false for an image of one that ran. */
  boolean isLive();

  /** The processor architecture, where the source records it; a raw memory image does not. */
  Optional<Architecture> architecture();

  /** The guest-physical memory. It is closed together with this machine. */
  PhysicalMemory physicalMemory();

  /**
   * Looks for a capability of this machine.
   *
   * @param type the interface of the capability
   * @return the capability, or nothing when this machine's driver does not have it
   */
  <C extends Capability> Optional<C> find(Class<C> type);

  /**
   * Returns a capability that the caller cannot do without.
   *
   * @throws VmiException if this machine does not have it
   */
  default <C extends Capability> C require(Class<C> type) {
    return find(type)
        .orElseThrow(
            () ->
                new VmiException(
                    uri() + " (" + description() + ") does not offer " + type.getSimpleName()));
  }

  /**
   * What {@link #close} undoes: what this machine holds, and what was done to its guest. A library
   * that changes a guest adds to it.
   */
  Teardown teardown();

  /** Releases everything that this machine holds. Later calls of any method fail or do nothing. */
  @Override
  void close();
}
