package org.vmi4j.api.memory;

import static java.lang.invoke.MethodHandles.byteBufferViewVarHandle;

import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * The guest-physical memory of a virtual machine, read in place. What is kept is the mapping of
 * windows, never their content, so every read sees the guest's memory as it is at that moment.
 *
 * <p>A read of a scalar costs a look into a table of windows, a bounds check and a load; it
 * allocates nothing. All methods may be called from several threads.
 */
public final class PhysicalMemory extends Memory implements AutoCloseable {
  private static final VarHandle SHORTS =
      byteBufferViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static {
    // JDK 17's C2 inlines no method whose signature names a class that is not loaded yet. Reads of
    // buffers have one in theirs, which is loaded only by chance: without this, walks are three
    // times as slow in some runs of a program, from the beginning to the end.
    Method[] unused = Buffer.class.getDeclaredMethods();
  }

  private static final int WINDOW_MASK = Window.SIZE - 1;
  private static final int WINDOW_SHIFT = Integer.numberOfTrailingZeros(Window.SIZE);

  private final FrameSource source;
  private final int pointerSize;
  private final long end;
  private final WindowTable windows;

  /** The longest stretch of memory and its address. */
  private final ByteBuffer stretch;

  private final long stretchStart;

  /**
   * Of each window of the stretch, whether it is there. A reader that sees the flag of a moment ago
   * takes the longer way to the same memory, or meets memory that was lost meanwhile, as others do.
   */
  private final boolean[] placed;

  private final Changes changes = new Changes();
  private volatile boolean closed;

  /**
   * Creates the memory of a machine of 64 bits, or of one whose architecture is not known.
   *
   * @param source where windows come from; this memory owns it from then on
   */
  public PhysicalMemory(FrameSource source) {
    this(source, Long.BYTES);
  }

  /**
   * Creates the memory of a machine.
   *
   * @param source where windows come from; this memory owns it from then on
   * @param pointerSize the size of a pointer of the machine, 4 or 8
   */
  public PhysicalMemory(FrameSource source, int pointerSize) {
    this.source = source;
    this.pointerSize = checkPointerSize(pointerSize);
    this.end = source.end();
    this.windows = new WindowTable(source);
    FrameSource.Stretch longest =
        source.stretch().orElse(new FrameSource.Stretch(0, ByteBuffer.allocate(0), true));
    this.stretch = longest.bytes().slice().order(ByteOrder.LITTLE_ENDIAN);
    this.stretchStart = longest.address();
    this.placed = new boolean[stretch.limit() / Window.SIZE];
    Arrays.fill(placed, longest.whole());
    source.listen(changes);
  }

  /** What the source tells. */
  private final class Changes implements FrameSource.Listener {
    private boolean lost;

    @Override
    public synchronized void placed(long address) {
      placed[(int) (address - stretchStart) >>> WINDOW_SHIFT] = !lost;
    }

    @Override
    public synchronized void lost() {
      lost = true;
      Arrays.fill(placed, false);
      windows.close();
    }
  }

  /** Whether the window around a place of the stretch is there. */
  private boolean isPlaced(long inStretch) {
    long window = inStretch >>> WINDOW_SHIFT;
    return window < placed.length && placed[(int) window];
  }

  /** Whether some bytes at a place of the stretch are there, and in one window. */
  private boolean arePlaced(long inStretch, int bytes) {
    return isPlaced(inStretch) && ((int) inStretch & WINDOW_MASK) <= Window.SIZE - bytes;
  }

  @Override
  public int pointerSize() {
    return pointerSize;
  }

  /** The end of memory: no frame exists at this address or above. It may overstate. */
  public long end() {
    return end;
  }

  /** Returns what the addresses of this memory count. */
  public Addressing addressing() {
    return source.addressing();
  }

  @Override
  public byte readByte(long address) {
    try {
      long inStretch = address - stretchStart;
      if (isPlaced(inStretch)) {
        return stretch.get((int) inStretch);
      }
      ByteBuffer window = windows.complete(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null) {
        try {
          return window.get(offset);
        } finally {
          Reference.reachabilityFence(window);
        }
      }
    } catch (InternalError e) {
      throw lost(address, e);
    }
    return (byte) assemble(address, Byte.BYTES);
  }

  @Override
  public short readShort(long address) {
    try {
      long inStretch = address - stretchStart;
      if (arePlaced(inStretch, Short.BYTES)) {
        return (short) SHORTS.get(stretch, (int) inStretch);
      }
      ByteBuffer window = windows.complete(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null && offset <= Window.SIZE - Short.BYTES) {
        try {
          return (short) SHORTS.get(window, offset);
        } finally {
          Reference.reachabilityFence(window);
        }
      }
    } catch (InternalError e) {
      throw lost(address, e);
    }
    return (short) assemble(address, Short.BYTES);
  }

  @Override
  public int readInt(long address) {
    try {
      long inStretch = address - stretchStart;
      if (arePlaced(inStretch, Integer.BYTES)) {
        return (int) INTS.get(stretch, (int) inStretch);
      }
      ByteBuffer window = windows.complete(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null && offset <= Window.SIZE - Integer.BYTES) {
        try {
          return (int) INTS.get(window, offset);
        } finally {
          Reference.reachabilityFence(window);
        }
      }
    } catch (InternalError e) {
      throw lost(address, e);
    }
    return (int) assemble(address, Integer.BYTES);
  }

  @Override
  public long readLong(long address) {
    try {
      long inStretch = address - stretchStart;
      if (arePlaced(inStretch, Long.BYTES)) {
        return (long) LONGS.get(stretch, (int) inStretch);
      }
      ByteBuffer window = windows.complete(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null && offset <= Window.SIZE - Long.BYTES) {
        try {
          return (long) LONGS.get(window, offset);
        } finally {
          Reference.reachabilityFence(window);
        }
      }
    } catch (InternalError e) {
      throw lost(address, e);
    }
    return assemble(address, Long.BYTES);
  }

  /**
   * Reads an aligned entry of eight bytes if that takes one load only. It maps nothing and calls
   * nothing that might, so that the JIT compiler keeps the fields of this object in registers for
   * all levels of a walk.
   *
   * @param address a multiple of 8, no more than a table above 2<sup>52</sup>: its distance from
   *     the stretch, in windows, has to fit into an int
   * @return the entry, or 0 if {@link #readEntry} has to tell
   * @throws InternalError if the source has lost the page, which {@link #readEntry} explains
   */
  public long entryInPlace(long address) {
    long inStretch = address - stretchStart;
    int window = (int) (inStretch >>> WINDOW_SHIFT);
    if (window >= 0 && window < placed.length) {
      return placed[window] ? (long) LONGS.get(stretch, (int) inStretch) : 0;
    }
    return entryApart(address);
  }

  /** Reads an entry that is not in the stretch, so that the code for those that are is small. */
  private long entryApart(long address) {
    ByteBuffer window = windows.complete(address);
    if (window == null) {
      return 0;
    }
    try {
      return (long) LONGS.get(window, (int) address & WINDOW_MASK);
    } finally {
      Reference.reachabilityFence(window);
    }
  }

  /**
   * Reads an aligned entry of a page table, taking a table that is not there for an empty one. A
   * page walk uses this: it has to go on at full speed over whatever a hostile guest has prepared.
   *
   * @param address a multiple of {@code bytes}
   * @param bytes the size of the entry, 4 or 8
   * @return the entry, zero-extended, or 0 when there is no memory at the address
   */
  public long readEntry(long address, int bytes) {
    ByteBuffer window = windows.complete(address);
    if (window == null) {
      return isPresent(address) ? assemble(address, bytes) : 0;
    }
    int offset = (int) address & WINDOW_MASK & -bytes;
    try {
      return bytes == Long.BYTES
          ? (long) LONGS.get(window, offset)
          : (int) INTS.get(window, offset) & 0xffff_ffffL;
    } catch (InternalError e) {
      throw lost(address, e);
    }
  }

  /** Whether there is memory at an address. */
  public boolean isPresent(long address) {
    if (windows.complete(address) != null) {
      return true;
    }
    return extentAt(address) != null;
  }

  @Override
  public int readAvailable(long address, byte[] into, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, into.length);
    int done = 0;
    while (done < length) {
      long at = address + done;
      ByteBuffer bytes = windows.complete(at);
      int start = (int) at & WINDOW_MASK;
      if (bytes == null) {
        Window.Extent extent = extentAt(at);
        if (extent == null) {
          break;
        }
        bytes = extent.bytes();
        start -= extent.offset();
      }
      int count = Math.min(length - done, bytes.limit() - start);
      try {
        bytes.get(start, into, offset + done, count);
      } catch (InternalError e) {
        throw lost(at, e);
      }
      done += count;
    }
    return done;
  }

  @Override
  public int writeAvailable(long address, byte[] from, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, from.length);
    int done = 0;
    while (done < length) {
      long at = address + done;
      checkOpen(at);
      Optional<WritableFrames> frames =
          inRange(at) ? source.writable(at, length - done) : Optional.empty();
      if (frames.isEmpty()) {
        break;
      }
      try (WritableFrames opened = frames.get()) {
        ByteBuffer bytes = opened.bytes();
        int count = Math.min(length - done, bytes.limit());
        store(bytes, at, from, offset + done, count);
        done += count;
      } catch (InternalError e) {
        throw lost(at, e);
      }
    }
    return done;
  }

  /** Stores bytes; what is aligned and as long as a number is stored at once, as a number is. */
  private static void store(ByteBuffer into, long address, byte[] from, int offset, int count) {
    boolean aligned = (address & count - 1) == 0;
    if (aligned && count == Long.BYTES) {
      LONGS.set(into, 0, ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN).getLong(offset));
    } else if (aligned && count == Integer.BYTES) {
      INTS.set(into, 0, ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN).getInt(offset));
    } else if (aligned && count == Short.BYTES) {
      SHORTS.set(into, 0, ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN).getShort(offset));
    } else {
      into.put(0, from, offset, count);
    }
  }

  /**
   * Receives memory in ascending order and in place.
   *
   * @see #forEachExtent
   */
  @FunctionalInterface
  public interface ExtentVisitor {
    /**
     * Receives one extent of memory, at most a window long.
     *
     * @param address the guest-physical address of its first byte
     * @param bytes the memory itself, read-only and little-endian, from position 0 to the limit;
     *     reading it throws {@link InternalError} when the source loses it meanwhile
     * @return whether to go on
     */
    boolean visit(long address, ByteBuffer bytes);
  }

  /**
   * Visits the memory of a range without copying it, until the visitor stops. Windows after the one
   * at which it stops are not mapped.
   *
   * @param from the first address
   * @param to the address after the last; the end of memory is the limit
   * @return whether the visitor went on to the end
   * @throws MemoryFault if the source loses a page while it is visited
   */
  public boolean forEachExtent(long from, long to, ExtentVisitor visitor) {
    long limit = Long.compareUnsigned(to, end) < 0 ? to : end;
    long base = from;
    while (base >= 0 && base < limit) {
      base = source.next(base) & -Window.SIZE;
      if (base >= limit) {
        return true;
      }
      checkOpen(base);
      for (Window.Extent extent : windows.windowAt(base).extents()) {
        long first = Math.max(from, base + extent.offset());
        long last = Math.min(limit, base + extent.end());
        if (first < last) {
          int skipped = (int) (first - base) - extent.offset();
          ByteBuffer bytes =
              extent
                  .bytes()
                  .slice(skipped, (int) (last - first))
                  .asReadOnlyBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN);
          try {
            if (!visitor.visit(first, bytes)) {
              return false;
            }
          } catch (InternalError e) {
            throw lost(first, e);
          }
        }
      }
      base += Window.SIZE;
    }
    return true;
  }

  /** Unmaps everything, as soon as no reader is left in it. Later reads fail. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      changes.lost();
      source.close();
    }
  }

  private boolean inRange(long address) {
    return address >= 0 && address < end;
  }

  private Window.Extent extentAt(long address) {
    if (!inRange(address)) {
      return null;
    }
    checkOpen(address);
    return windows.extentAt(address);
  }

  private void checkOpen(long address) {
    if (closed) {
      throw new MemoryFault("this machine is closed", address, 0);
    }
  }

  /** Reads a scalar the long way: from a window not mapped yet, or with holes, or from two. */
  private long assemble(long address, int bytes) {
    Window.Extent extent = extentAt(address);
    if (extent == null) {
      throw fault(address, 0);
    }
    int offset = ((int) address & WINDOW_MASK) - extent.offset();
    try {
      if (offset + bytes <= extent.bytes().limit()) {
        return switch (bytes) {
          case Byte.BYTES -> extent.bytes().get(offset) & 0xffL;
          case Short.BYTES -> (short) SHORTS.get(extent.bytes(), offset) & 0xffffL;
          case Integer.BYTES -> (int) INTS.get(extent.bytes(), offset) & 0xffff_ffffL;
          default -> (long) LONGS.get(extent.bytes(), offset);
        };
      }
    } catch (InternalError e) {
      throw lost(address, e);
    }
    return readByParts(address, bytes);
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    String why =
        closed
            ? "this machine is closed"
            : inRange(address)
                ? source.explain(address)
                : "physical memory ends at 0x" + Long.toHexString(end);
    return new MemoryFault(
        "no memory at physical address 0x" + Long.toHexString(address) + ": " + why,
        address,
        completed);
  }

  /**
   * The JVM turns the bus error of a mapped page that has lost its backing (a file truncated, a
   * domain destroyed) into an InternalError. It may deliver it late, after the read has returned
   * with a value that means nothing: then the caller gets the InternalError itself.
   */
  private MemoryFault lost(long address, InternalError cause) {
    MemoryFault fault = fault(address, 0);
    fault.initCause(cause);
    return fault;
  }
}
