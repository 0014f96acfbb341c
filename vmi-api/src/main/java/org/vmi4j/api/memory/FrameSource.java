package org.vmi4j.api.memory;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;

/**
 * Where the frames of a {@link PhysicalMemory} come from: what a driver has to provide. Memory is
 * handed over in windows of {@link Window#SIZE} bytes, each asked for when it is first needed, and
 * kept; so what a window shows must be the guest's memory itself and not a copy of it. The methods
 * are called from several threads.
 */
public interface FrameSource extends AutoCloseable {

  /** What {@link #absenceLifetime} answers when memory that is not there never comes. */
  long FOR_EVER = Long.MAX_VALUE;

  /**
   * The end of guest-physical memory: no frame exists at this address or above. It may overstate,
   * and is at most 2<sup>52</sup>.
   */
  long end();

  /** Returns what the addresses of this memory count. */
  default Addressing addressing() {
    return Addressing.GUEST;
  }

  /**
   * The longest stretch of memory that one buffer can show, if there is one. It is what most reads
   * go to, and spares them the table of windows.
   */
  default Optional<Stretch> stretch() {
    return Optional.empty();
  }

  /**
   * Memory that one buffer shows. All of it is there, or none at first: then each window of it is
   * from the moment on at which {@link Listener#placed} was told so.
   *
   * @param address the guest-physical address of its first byte; a multiple of {@link Window#SIZE}
   *     unless it is whole
   * @param bytes the memory, from position 0 to the limit
   * @param whole whether all of it is there
   */
  record Stretch(long address, ByteBuffer bytes, boolean whole) {

    /** Checks the address. */
    public Stretch {
      if (!whole && address % Window.SIZE != 0) {
        throw new IllegalArgumentException(
            "windows do not fit a stretch at 0x" + Long.toHexString(address));
      }
    }
  }

  /** Told of changes that concern more than the window that was asked for. */
  interface Listener {

    /** The stretch shows the window at an address from now on, until all is lost. */
    void placed(long address);

    /**
     * All is lost at once, because the machine has ended. Later reads ask {@link #map}, which says
     * so.
     */
    void lost();
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

  /** Tells the source whom to tell of changes. */
  default void listen(Listener listener) {}

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
   * none. It spares those who visit all memory the windows of a large hole.
   */
  default long next(long address) {
    return address;
  }

  /**
   * Says why an address has no memory, or why reading it failed, for an error message.
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
