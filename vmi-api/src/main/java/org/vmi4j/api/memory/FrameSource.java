package org.vmi4j.api.memory;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Where the frames of a {@link PhysicalMemory} come from: what a driver has to provide. Memory is
 * handed over in windows of {@link Window#SIZE} bytes, each asked for once, when it is first
 * needed, and kept; so what a window shows must be the guest's memory itself and not a copy of it.
 */
public interface FrameSource extends AutoCloseable {

  /**
   * The end of guest-physical memory: no frame exists at this address or above. It may overstate,
   * and is at most 2<sup>52</sup>.
   */
  long end();

  /**
   * The longest stretch of memory that one buffer can show, if there is one. It is what most reads
   * go to, and spares them the table of windows.
   */
  default Optional<Stretch> stretch() {
    return Optional.empty();
  }

  /**
   * Memory without a hole.
   *
   * @param address the guest-physical address of its first byte
   * @param bytes the memory, from position 0 to the limit
   */
  record Stretch(long address, ByteBuffer bytes) {}

  /**
   * Maps a window. Called again for the same window only when two threads ask at once.
   *
   * @param address the first guest-physical address of the window, a multiple of {@link
   *     Window#SIZE} below {@link #end}
   * @return the window, {@link Window#ABSENT} when there is nothing in it
   * @throws org.vmi4j.api.VmiException if the source is in such a state that nothing can be read
   */
  Window map(long address);

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
   */
  String explain(long address);

  /**
   * Releases what the source holds. Buffers that were handed out must stay readable as long as
   * something refers to them: a reader in another thread may be half-way through one.
   */
  @Override
  void close();
}
