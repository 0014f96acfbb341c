package org.vmi4j.api.memory;

import static java.lang.invoke.MethodHandles.byteBufferViewVarHandle;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

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
  private static final VarHandle TABLE =
      java.lang.invoke.MethodHandles.arrayElementVarHandle(ByteBuffer[].class);

  private static final int WINDOW_SHIFT = 21;
  private static final int WINDOW_MASK = Window.SIZE - 1;

  /** Windows beyond this address (4 TiB) are mapped anew at each read: no table is that large. */
  private static final long TABLE_END = 1L << 42;

  private static final ByteBuffer[] CLOSED = {};

  private final FrameSource source;
  private final long end;
  private final AtomicReferenceArray<Window> windows;

  /** The buffers of complete windows; what is missing here is looked up in {@link #windows}. */
  private ByteBuffer[] complete;

  /** The longest stretch of memory, its address, and how many addresses in it hold a long. */
  private final ByteBuffer stretch;

  private final long stretchStart;
  private long stretchLongs;

  private volatile boolean closed;

  /**
   * Creates the memory over a source, which it owns from then on.
   *
   * @param source where windows come from
   */
  public PhysicalMemory(FrameSource source) {
    this.source = source;
    this.end = source.end();
    int slots = (int) ((Math.min(end, TABLE_END) + WINDOW_MASK) >>> WINDOW_SHIFT);
    this.windows = new AtomicReferenceArray<>(slots);
    this.complete = new ByteBuffer[slots];
    FrameSource.Stretch longest =
        source.stretch().orElse(new FrameSource.Stretch(0, ByteBuffer.allocate(0)));
    this.stretch = longest.bytes().slice().order(ByteOrder.LITTLE_ENDIAN);
    this.stretchStart = longest.address();
    this.stretchLongs = Math.max(0, stretch.limit() - (Long.BYTES - 1));
  }

  /** The end of memory: no frame exists at this address or above. It may overstate. */
  public long end() {
    return end;
  }

  @Override
  public byte readByte(long address) {
    try {
      long inStretch = address - stretchStart;
      if (inStretch >= 0 && inStretch < stretchLongs) {
        return stretch.get((int) inStretch);
      }
      ByteBuffer window = window(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null) {
        return window.get(offset);
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
      if (inStretch >= 0 && inStretch < stretchLongs) {
        return (short) SHORTS.get(stretch, (int) inStretch);
      }
      ByteBuffer window = window(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null && offset <= Window.SIZE - Short.BYTES) {
        return (short) SHORTS.get(window, offset);
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
      if (inStretch >= 0 && inStretch < stretchLongs) {
        return (int) INTS.get(stretch, (int) inStretch);
      }
      ByteBuffer window = window(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null && offset <= Window.SIZE - Integer.BYTES) {
        return (int) INTS.get(window, offset);
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
      if (inStretch >= 0 && inStretch < stretchLongs) {
        return (long) LONGS.get(stretch, (int) inStretch);
      }
      ByteBuffer window = window(address);
      int offset = (int) address & WINDOW_MASK;
      if (window != null && offset <= Window.SIZE - Long.BYTES) {
        return (long) LONGS.get(window, offset);
      }
    } catch (InternalError e) {
      throw lost(address, e);
    }
    return assemble(address, Long.BYTES);
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
    return bytes == Long.BYTES ? readEntry(address) : readEntryInWindow(address, bytes);
  }

  /**
   * Reads an aligned entry of eight bytes, as {@link #readEntry(long, int)} does. A method of its
   * own: a choice between two widths at each level makes a walk dearer by a third.
   */
  public long readEntry(long address) {
    long inStretch = address - stretchStart;
    if (inStretch >= 0 && inStretch < stretchLongs) {
      try {
        return (long) LONGS.get(stretch, (int) inStretch);
      } catch (InternalError e) {
        throw lost(address, e);
      }
    }
    return readEntryInWindow(address, Long.BYTES);
  }

  private long readEntryInWindow(long address, int bytes) {
    ByteBuffer window = window(address);
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
    if (window(address) != null) {
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
      int start = (int) (at - stretchStart);
      ByteBuffer bytes = stretch;
      if (Long.compareUnsigned(at - stretchStart, stretchLongs) >= 0) {
        bytes = window(at);
        start = (int) at & WINDOW_MASK;
      }
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

  /**
   * Hears of memory that is there, in ascending order and in place.
   *
   * @see #forEachExtent
   */
  @FunctionalInterface
  public interface ExtentVisitor {
    /**
     * Takes one run of memory, at most a window long.
     *
     * @param address the guest-physical address of its first byte
     * @param bytes the memory itself, read-only and little-endian, from position 0 to the limit;
     *     reading it throws {@link InternalError} when the source loses it meanwhile
     */
    void visit(long address, ByteBuffer bytes);
  }

  /**
   * Visits all memory in a range that is there, without copying it.
   *
   * @param from the first address
   * @param to the address after the last; the end of memory is the limit
   * @throws MemoryFault if the source loses a page while it is visited
   */
  public void forEachExtent(long from, long to, ExtentVisitor visitor) {
    long limit = Long.compareUnsigned(to, end) < 0 ? to : end;
    long base = from;
    while (base >= 0 && base < limit) {
      base = source.next(base) & -Window.SIZE;
      if (base >= limit) {
        return;
      }
      for (Window.Extent extent : windowAt(base).extents()) {
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
            visitor.visit(first, bytes);
          } catch (InternalError e) {
            throw lost(first, e);
          }
        }
      }
      base += Window.SIZE;
    }
  }

  /** Unmaps everything, as soon as no reader is left in it. Later reads fail. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      complete = CLOSED;
      stretchLongs = 0;
      for (int i = 0; i < windows.length(); i++) {
        windows.set(i, null);
      }
      source.close();
    }
  }

  /**
   * The buffer of the complete window around an address, or {@code null} if it is not that easy.
   */
  private ByteBuffer window(long address) {
    ByteBuffer[] table = complete;
    long index = address >>> WINDOW_SHIFT;
    return index < table.length ? table[(int) index] : null;
  }

  private boolean inRange(long address) {
    return address >= 0 && address < end;
  }

  private Window.Extent extentAt(long address) {
    return inRange(address) ? windowAt(address).extentAt((int) address & WINDOW_MASK) : null;
  }

  private Window windowAt(long address) {
    if (closed) {
      throw new MemoryFault("this machine is closed", address, 0);
    }
    int index = (int) (address >>> WINDOW_SHIFT);
    if (address >= TABLE_END) {
      return source.map(address & -Window.SIZE);
    }
    Window window = windows.get(index);
    if (window == null) {
      window = source.map(address & -Window.SIZE);
      if (!windows.compareAndSet(index, null, window)) {
        return windowAt(address);
      }
      ByteBuffer whole = window.whole();
      ByteBuffer[] table = complete;
      if (whole != null && index < table.length) {
        // A reader in another thread must not see the buffer before its fields.
        TABLE.setRelease(table, index, whole);
      }
    }
    return window;
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
