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
import java.util.function.LongUnaryOperator;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.internal.EntryReader;
import org.vmi4j.api.internal.WindowTable;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;
import org.vmi4j.api.spi.WritableFrames;

/**
 * The guest-physical memory of a virtual machine, read in place. What is kept is the mapping of
 * windows, never their content, so every read sees the guest's memory as it is at that moment.
 *
 * <p>A scalar read costs a lookup in a table of windows, a bounds check and a load; it allocates
 * nothing. All methods may be called from several threads.
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
  private final long reach;
  private final WindowTable windows;

  /** The contiguous mapping and the address of its first byte. */
  private final ByteBuffer contiguous;

  private final long contiguousStart;

  /**
   * Of each window of the contiguous mapping, whether it is mapped. A reader that sees an old value
   * takes the longer way to the same memory, or meets memory that was revoked, as others do.
   */
  private final boolean[] mapped;

  private final EntryReader entries = new Entries();
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
    this.reach = source.reach();
    this.windows = new WindowTable(source);
    FrameSource.ContiguousMapping longest =
        source
            .contiguousMapping()
            .orElse(new FrameSource.ContiguousMapping(0, ByteBuffer.allocate(0), true));
    this.contiguous = longest.bytes().slice().order(ByteOrder.LITTLE_ENDIAN);
    this.contiguousStart = longest.address();
    this.mapped = new boolean[contiguous.limit() / Window.SIZE];
    Arrays.fill(mapped, longest.complete());
    source.listen(changes);
  }

  private final class Changes implements FrameSource.Listener {
    private boolean revoked;

    @Override
    public synchronized void mapped(long address) {
      mapped[(int) (address - contiguousStart) >>> WINDOW_SHIFT] = !revoked;
    }

    @Override
    public synchronized void revoked() {
      revoked = true;
      Arrays.fill(mapped, false);
      windows.close();
    }
  }

  /** Whether some bytes at an offset of the contiguous mapping are mapped, and in one window. */
  private boolean areMapped(long offset, int bytes) {
    long window = offset >>> WINDOW_SHIFT;
    return window < mapped.length
        && mapped[(int) window]
        && ((int) offset & WINDOW_MASK) <= Window.SIZE - bytes;
  }

  @Override
  public int pointerSize() {
    return pointerSize;
  }

  /** The end of memory: no frame exists at this address or above. It may overstate. */
  public long end() {
    return end;
  }

  /**
   * Returns how much memory the machine has, in bytes, without the holes below {@link #end}. It may
   * overstate, and is that of the time when a running machine was opened.
   */
  public long size() {
    return source.size();
  }

  /** Returns what the addresses of this memory count. */
  public Addressing addressing() {
    return source.addressing();
  }

  @Override
  public byte readByte(long address) {
    return (byte) read(address, Byte.BYTES);
  }

  @Override
  public short readShort(long address) {
    return (short) read(address, Short.BYTES);
  }

  @Override
  public int readInt(long address) {
    return (int) read(address, Integer.BYTES);
  }

  @Override
  public long readLong(long address) {
    return read(address, Long.BYTES);
  }

  /** Reads a scalar, zero-extended. */
  private long read(long address, int bytes) {
    try {
      long offset = address - contiguousStart;
      if (areMapped(offset, bytes)) {
        return load(contiguous, (int) offset, bytes);
      }
      ByteBuffer window = windows.complete(address);
      int inWindow = (int) address & WINDOW_MASK;
      if (window != null && inWindow <= Window.SIZE - bytes) {
        return load(window, inWindow, bytes);
      }
    } catch (InternalError e) {
      throw revoked(address, e);
    }
    return assemble(address, bytes);
  }

  /**
   * Loads a scalar from mapped memory, zero-extended: the only place that does.
   *
   * <p>A mapping ends when its buffer is unreachable (java.nio.MappedByteBuffer, and the Cleaner of
   * a driver). The access of a VarHandle keeps nothing reachable: it takes the address out of the
   * buffer first (JLS 12.6.1 lets an object be finalized before the last use of a value read from
   * it). The fence keeps the buffer until the load is done. When the load throws, there is nothing
   * left to keep.
   */
  @SuppressWarnings("ReachabilityFenceUsage")
  private static long load(ByteBuffer buffer, int offset, int bytes) {
    long value =
        switch (bytes) {
          case Byte.BYTES -> buffer.get(offset) & 0xffL;
          case Short.BYTES -> (short) SHORTS.get(buffer, offset) & 0xffffL;
          case Integer.BYTES -> (int) INTS.get(buffer, offset) & 0xffff_ffffL;
          default -> (long) LONGS.get(buffer, offset);
        };
    Reference.reachabilityFence(buffer);
    return value;
  }

  /**
   * Returns the reader of page table entries for the page walker. Its type is not exported: callers
   * read memory by the other methods.
   */
  public EntryReader entries() {
    return entries;
  }

  private final class Entries extends EntryReader {

    @Override
    public long entryInPlace(long address) {
      long offset = address - contiguousStart;
      int window = (int) (offset >>> WINDOW_SHIFT);
      if (window >= 0 && window < mapped.length) {
        return mapped[window] ? load(contiguous, (int) offset, Long.BYTES) : 0;
      }
      return entryInWindow(address);
    }

    /** Reads an entry outside the contiguous mapping, so that the code for those in it is small. */
    private long entryInWindow(long address) {
      ByteBuffer window = windows.complete(address);
      return window == null ? 0 : load(window, (int) address & WINDOW_MASK, Long.BYTES);
    }

    @Override
    public long readEntry(long address, int bytes) {
      ByteBuffer window = windows.complete(address);
      if (window == null) {
        return isPresent(address) ? assemble(address, bytes) : 0;
      }
      try {
        return load(window, (int) address & WINDOW_MASK & -bytes, bytes);
      } catch (InternalError e) {
        throw revoked(address, e);
      }
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
        copy(bytes, start, at, into, offset + done, count);
      } catch (InternalError e) {
        throw revoked(at, e);
      }
      done += count;
    }
    return done;
  }

  /** Copies bytes; what is aligned and as long as a number is loaded at once, as a number is. */
  private static void copy(
      ByteBuffer from, int start, long address, byte[] into, int offset, int count) {
    boolean number = count <= Long.BYTES && Integer.bitCount(count) == 1;
    if (number && (address & count - 1) == 0) {
      long value = load(from, start, count);
      for (int i = 0; i < count; i++) {
        into[offset + i] = (byte) (value >>> (Byte.SIZE * i));
      }
    } else {
      from.get(start, into, offset, count);
    }
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
        throw revoked(at, e);
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
     * @param bytes the memory itself, read-only and little-endian, from position 0 to the limit
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
   * @throws MemoryFault if the source revokes a page during the visit
   */
  public boolean forEachExtent(long from, long to, ExtentVisitor visitor) {
    return forEachExtent(from, to, source::next, visitor);
  }

  /**
   * Visits the memory of a range as {@link #forEachExtent} does, except for windows that are known
   * to be all zeros, which are neither mapped nor read.
   *
   * @return whether the visitor went on to the end
   * @throws MemoryFault if the source revokes a page during the visit
   */
  public boolean forEachDataExtent(long from, long to, ExtentVisitor visitor) {
    return forEachExtent(from, to, source::nextData, visitor);
  }

  private boolean forEachExtent(long from, long to, LongUnaryOperator next, ExtentVisitor visitor) {
    long limit = Long.compareUnsigned(to, end) < 0 ? to : end;
    long base = from;
    while (base >= 0 && base < limit) {
      base = next.applyAsLong(base) & -Window.SIZE;
      if (base >= limit) {
        return true;
      }
      checkOpen(base);
      for (Window.Extent extent : windows.windowAt(base).extents()) {
        long first = Math.max(from, base + extent.offset());
        long last = Math.min(limit, base + extent.end());
        if (first < last
            && !visit(first, extent, (int) (first - base), (int) (last - first), visitor)) {
          return false;
        }
      }
      base += Window.SIZE;
    }
    return true;
  }

  private boolean visit(
      long address, Window.Extent extent, int offset, int length, ExtentVisitor visitor) {
    checkIntact(address, length, null);
    boolean goOn;
    try {
      goOn =
          visitor.visit(
              address,
              extent
                  .bytes()
                  .slice(offset - extent.offset(), length)
                  .asReadOnlyBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN));
    } catch (InternalError e) {
      throw revoked(address, e);
    } catch (RuntimeException e) {
      // The visitor's failure may come from revoked memory: a system call fails on it.
      checkIntact(address, length, e);
      throw e;
    }
    checkIntact(address, length, null);
    return goOn;
  }

  private void checkIntact(long address, int length, RuntimeException met) {
    source
        .loss(address, length)
        .ifPresent(
            why -> {
              MemoryFault fault = missing(address, 0, why);
              fault.initCause(met);
              throw fault;
            });
  }

  /** Unmaps everything once no reader uses it. Later reads fail. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      changes.revoked();
      source.close();
    }
  }

  private boolean inRange(long address) {
    return address >= 0 && address < reach;
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

  /** Reads a scalar from a window that is not mapped yet, or has holes, or from two. */
  private long assemble(long address, int bytes) {
    Window.Extent extent = extentAt(address);
    if (extent == null) {
      throw fault(address, 0);
    }
    int offset = ((int) address & WINDOW_MASK) - extent.offset();
    if (offset + bytes > extent.bytes().limit()) {
      return readByParts(address, bytes);
    }
    try {
      return load(extent.bytes(), offset, bytes);
    } catch (InternalError e) {
      throw revoked(address, e);
    }
  }

  @Override
  protected MemoryFault fault(long address, int completed) {
    String why =
        closed
            ? "this machine is closed"
            : address >= 0 && address < end
                ? source.explain(address)
                : "physical memory ends at 0x" + Long.toHexString(end);
    return missing(address, completed, why);
  }

  private static MemoryFault missing(long address, int completed, String why) {
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
  private MemoryFault revoked(long address, InternalError cause) {
    MemoryFault fault = fault(address, 0);
    fault.initCause(cause);
    return fault;
  }
}
