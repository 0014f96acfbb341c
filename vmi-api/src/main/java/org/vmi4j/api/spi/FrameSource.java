package org.vmi4j.api.spi;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;

/**
 * Where the frames of a {@link org.vmi4j.api.memory.PhysicalMemory} come from: what a driver has to
 * provide. Memory is provided in windows of {@link Window#SIZE} bytes, each asked for when it is
 * first needed, and kept; so what a window shows must be the guest's memory itself and not a copy
 * of it. The methods are called from several threads.
 */
public interface FrameSource extends AutoCloseable {

  /** The {@link #absenceLifetime} of memory that never becomes present. */
  long FOR_EVER = Long.MAX_VALUE;

  /**
   * The end of guest-physical memory: no frame exists at this address or above. It may overstate,
   * and is at most 2<sup>52</sup>.
   */
  long end();

  /**
   * The end of addresses that can be read and written: behind {@link #end} if frames may be added
   * there while the machine is open, which is at most 2<sup>52</sup>. What visits all memory ends
   * at {@link #end}.
   */
  default long reach() {
    return end();
  }

  /**
   * Returns how much memory the machine has, in bytes, without the holes below {@link #end}. It may
   * overstate, is that of the time when a running machine was opened, and costs no mapping.
   */
  default long size() {
    return end();
  }

  /** Returns what the addresses of this memory count. */
  default Addressing addressing() {
    return Addressing.GUEST;
  }

  /**
   * Returns the longest part of memory that one buffer can map contiguously, if there is one. Most
   * reads use it, without a lookup in the table of windows.
   */
  default Optional<ContiguousMapping> contiguousMapping() {
    return Optional.empty();
  }

  /**
   * Memory mapped contiguously by one buffer. Either all of it is mapped from the beginning, or
   * nothing: then each window becomes readable with {@link Listener#mapped}.
   *
   * @param address the guest-physical address of its first byte; a multiple of {@link Window#SIZE}
   *     unless it is complete
   * @param bytes the memory, from position 0 to the limit
   * @param complete whether all of it is mapped
   */
  record ContiguousMapping(long address, ByteBuffer bytes, boolean complete) {

    /** Checks the address. */
    public ContiguousMapping {
      if (!complete && address % Window.SIZE != 0) {
        throw new IllegalArgumentException(
            "windows do not fit a contiguous mapping at 0x" + Long.toHexString(address));
      }
    }
  }

  /** Receives changes that concern more than the window that was asked for. */
  interface Listener {

    /** The contiguous mapping shows the window at an address from now on, until it is revoked. */
    void mapped(long address);

    /**
     * All mappings are revoked at once, because the machine has ended. Later reads call {@link
     * #map}, which reports that.
     */
    void revoked();
  }

  /**
   * Maps a window. Called again for the same window when two threads ask at once, and when it was
   * given up for others.
   *
   * @param address the first guest-physical address of the window, a multiple of {@link
   *     Window#SIZE} below {@link #end}
   * @return the window, {@link Window#ABSENT} when there is nothing in it
   * @throws VmiException if the source is in such a state that nothing can be read
   */
  Window map(long address);

  /**
   * How many windows with memory in them may be kept at a time. The one that was not used for the
   * longest time is given up for a new one; its buffers must stay readable as long as something
   * refers to them.
   */
  default int windowLimit() {
    return Integer.MAX_VALUE;
  }

  /**
   * How long, in nanoseconds, memory that is absent is taken to be so before the source is asked
   * again; {@link #FOR_EVER} if it never comes.
   */
  default long absenceLifetime() {
    return FOR_EVER;
  }

  /**
   * Maps a window again in which something was absent.
   *
   * @param address as for {@link #map}
   * @param known what was there the last time
   * @return the window as it is now; {@code known} if nothing has changed
   */
  default Window retry(long address, Window known) {
    return map(address);
  }

  /** Registers the listener; called once, before the first {@link #map}. */
  default void listen(Listener listener) {}

  /**
   * Checks that what was mapped is still backed by memory. A visit of much memory calls it before
   * and after each extent, since the fault of a page whose backing is gone may be delivered late.
   *
   * @param address the guest-physical address of the first byte of an extent
   * @param length the length of the extent, in bytes
   * @return why some of it can no longer be read; empty if all of it can
   * @throws VmiException if the machine as a whole is gone
   */
  default Optional<String> loss(long address, int length) {
    return Optional.empty();
  }

  /**
   * Maps memory to be written.
   *
   * @param address a guest-physical address below {@link #end}
   * @param length how many bytes are to be written there
   * @return memory from that address on; nothing when the first page is not there or cannot be
   *     written
   * @throws VmiException if this memory cannot be written at all, as that of an image
   */
  default Optional<WritableFrames> writable(long address, int length) {
    throw new VmiException(
        "this memory cannot be written: it is that of a machine that does not run",
        Remedy.RUNNING_MACHINE);
  }

  /**
   * The first address, at a given one or above, that may have memory; {@link #end} if there is
   * none. Lets visits of all memory skip the windows of a large hole.
   */
  default long next(long address) {
    return address;
  }

  /**
   * The first address, at a given one or above, whose memory may be anything but zeros; {@link
   * #end} if there is none. Lets a search skip memory that is known to be zero without reading it,
   * as that in the holes of a sparse file is.
   */
  default long nextData(long address) {
    return next(address);
  }

  /**
   * Explains why an address has no memory, or why reading it failed, for an error message.
   *
   * @param address a guest-physical address that could not be read
   * @throws VmiException if the machine as a whole is gone
   */
  String explain(long address);

  /**
   * Releases what the source holds. Buffers that were handed out must stay readable as long as
   * something refers to them: a reader in another thread may be half-way through one.
   */
  @Override
  void close();
}
