package org.vmi4j.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;
import org.vmi4j.api.spi.WritableFrames;

/**
 * Guest-physical memory in memory of the JVM. It is sparse: a window of {@link Window#SIZE} bytes
 * exists from the first time that something is put there or got from there, filled with zeros, and
 * may have holes. What is put into it is seen at once through a {@link PhysicalMemory} that is open
 * already, as the writes of a running guest are; whether memory is there is asked for again as a
 * {@link FrameSource} says.
 */
public final class MockMemory implements FrameSource {
  private static final int OFFSET = Window.SIZE - 1;
  private static final int PAGE = 4096;

  private final TreeMap<Long, Contents> windows = new TreeMap<>();
  private final Deque<Change> changes = new ArrayDeque<>();
  private final Operations operations = new Operations();
  private final long end;
  private final PhysicalMemory below;
  private ContiguousMapping mapping;
  private Listener listener;
  private int windowLimit = Integer.MAX_VALUE;
  private long absenceLifetime = FOR_EVER;
  private boolean writable;
  private boolean recording;

  /** One window: its bytes, and which of them are absent. */
  private record Contents(ByteBuffer bytes, BitSet absent) {}

  /** Bytes that were there before something was put. */
  private record Change(long address, ByteBuffer before) {}

  /**
   * Creates memory without any window.
   *
   * @param end the end of guest-physical memory in bytes, at most 2<sup>52</sup>
   */
  public MockMemory(long end) {
    this(end, null);
  }

  private MockMemory(long end, PhysicalMemory below) {
    this.end = end;
    this.below = below;
  }

  /**
   * Creates memory that begins with the contents of another. A window is copied when it is first
   * mapped or something is put there, so the other memory never changes, and has to stay open.
   *
   * @param end the end of guest-physical memory in bytes, at least that of the other memory if all
   *     of it is to be seen
   */
  public static MockMemory over(PhysicalMemory below, long end) {
    return new MockMemory(end, below);
  }

  /** The operations on this memory, and on the {@link MockVm} that it belongs to. */
  public Operations operations() {
    return operations;
  }

  /** Puts bytes, which may cross windows. */
  public synchronized MockMemory put(long address, byte... bytes) {
    for (int done = 0; done < bytes.length; ) {
      long at = address + done;
      int offset = (int) at & OFFSET;
      int count = Math.min(bytes.length - done, Window.SIZE - offset);
      Contents window = window(at);
      if (recording) {
        byte[] before = new byte[count];
        window.bytes().get(offset, before);
        changes.push(new Change(at, ByteBuffer.wrap(before)));
      }
      window.bytes().put(offset, bytes, done, count);
      window.absent().clear(offset, offset + count);
      done += count;
    }
    return this;
  }

  /** Puts eight bytes, little-endian. */
  public MockMemory putLong(long address, long value) {
    return put(address, little(Long.BYTES).putLong(value).array());
  }

  /** Puts four bytes, little-endian. */
  public MockMemory putInt(long address, int value) {
    return put(address, little(Integer.BYTES).putInt(value).array());
  }

  /** Puts two bytes, little-endian. */
  public MockMemory putShort(long address, short value) {
    return put(address, little(Short.BYTES).putShort(value).array());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns bytes as they are now, which may cross windows; those of a hole, too. */
  public synchronized byte[] get(long address, int length) {
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      int offset = (int) (address + done) & OFFSET;
      int count = Math.min(length - done, Window.SIZE - offset);
      window(address + done).bytes().get(offset, bytes, done, count);
      done += count;
    }
    return bytes;
  }

  /** Returns eight bytes as they are now, little-endian. */
  public long getLong(long address) {
    return ByteBuffer.wrap(get(address, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /** Returns four bytes as they are now, little-endian. */
  public int getInt(long address) {
    return ByteBuffer.wrap(get(address, Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  /**
   * Takes memory away, as a guest that returns pages does. Its contents come back as they were if a
   * byte is put there.
   *
   * @param address its first byte
   * @param length how many bytes
   */
  public synchronized MockMemory hole(long address, long length) {
    for (long at = address; at < address + length; ) {
      int offset = (int) at & OFFSET;
      int count = (int) Math.min(address + length - at, Window.SIZE - offset);
      window(at).absent().set(offset, offset + count);
      at += count;
    }
    return this;
  }

  /** Records from now on what {@link #put} changes, for {@link #undo}. */
  public synchronized MockMemory record() {
    changes.clear();
    recording = true;
    return this;
  }

  /** Reverts everything that was changed since {@link #record}, and goes on recording. */
  public synchronized void undo() {
    while (!changes.isEmpty()) {
      Change change = changes.pop();
      ByteBuffer before = change.before();
      window(change.address())
          .bytes()
          .put((int) change.address() & OFFSET, before, 0, before.limit());
    }
  }

  /** Shows one contiguous mapping besides the windows. Call it before {@link #open}. */
  public MockMemory with(ContiguousMapping contiguous) {
    mapping = contiguous;
    return this;
  }

  /**
   * Shows the first window that exists as the contiguous mapping, which reads then go to. Call it
   * when something was put, and before {@link #open}.
   */
  public synchronized MockMemory contiguous() {
    ByteBuffer first = windows.firstEntry().getValue().bytes().duplicate();
    return with(new ContiguousMapping(windows.firstKey(), first, true));
  }

  /**
   * Permits writes through {@link PhysicalMemory}; without it they fail as those of an image do.
   */
  public MockMemory writable() {
    writable = true;
    return this;
  }

  /** Limits how many windows are kept mapped at a time. */
  public MockMemory windowLimit(int limit) {
    windowLimit = limit;
    return this;
  }

  /** Sets how long absent memory is taken to be absent, in nanoseconds. */
  public MockMemory absenceLifetime(long nanoseconds) {
    absenceLifetime = nanoseconds;
    return this;
  }

  /** The listener of the {@link PhysicalMemory} that is open over this. */
  public Listener listener() {
    return listener;
  }

  /** Opens the memory. */
  public PhysicalMemory open() {
    return new PhysicalMemory(this);
  }

  private Contents window(long address) {
    long base = address & -Window.SIZE;
    if (base < 0 || base >= end) {
      throw new IllegalArgumentException(
          "0x" + Long.toHexString(address) + " is not below the end, 0x" + Long.toHexString(end));
    }
    return windows.computeIfAbsent(base, this::first);
  }

  /** A window as it begins: what is below, or zeros where nothing is. */
  private Contents first(long base) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(Window.SIZE).order(ByteOrder.LITTLE_ENDIAN);
    BitSet absent = new BitSet();
    if (isBelow(base)) {
      absent.set(0, Window.SIZE);
      below.forEachExtent(
          base,
          base + Window.SIZE,
          (address, extent) -> {
            int offset = (int) (address - base);
            bytes.put(offset, extent, 0, extent.limit());
            absent.clear(offset, offset + extent.limit());
            return true;
          });
    }
    return new Contents(bytes, absent);
  }

  /** Whether the memory below has anything in a window. */
  private boolean isBelow(long base) {
    boolean[] found = new boolean[1];
    if (below != null) {
      below.forEachExtent(
          base,
          base + Window.SIZE,
          (address, extent) -> {
            found[0] = true;
            return false;
          });
    }
    return found[0];
  }

  private boolean exists(long base) {
    return windows.containsKey(base) || isBelow(base);
  }

  @Override
  public long end() {
    return end;
  }

  /** The windows that exist, and what is below; a window that is in both counts twice. */
  @Override
  public synchronized long size() {
    return (long) windows.size() * Window.SIZE + (below == null ? 0 : below.size());
  }

  @Override
  public Optional<ContiguousMapping> contiguousMapping() {
    return Optional.ofNullable(mapping);
  }

  @Override
  public int windowLimit() {
    return windowLimit;
  }

  @Override
  public long absenceLifetime() {
    return absenceLifetime;
  }

  @Override
  public void listen(Listener toChanges) {
    listener = toChanges;
  }

  @Override
  public Window map(long address) {
    operations.perform(Operation.Kind.MAP, address);
    return shown(address);
  }

  @Override
  public Window retry(long address, Window known) {
    operations.perform(Operation.Kind.RETRY, address);
    Window now = shown(address);
    return now.extents().isEmpty() && known.extents().isEmpty() ? known : now;
  }

  private synchronized Window shown(long address) {
    if (!exists(address)) {
      return Window.ABSENT;
    }
    Contents window = window(address);
    List<Window.Extent> extents = new ArrayList<>();
    for (int at = window.absent().nextClearBit(0); at < Window.SIZE; ) {
      int hole = window.absent().nextSetBit(at);
      int to = hole < 0 ? Window.SIZE : hole;
      extents.add(new Window.Extent(at, window.bytes().slice(at, to - at)));
      at = window.absent().nextClearBit(to);
    }
    return Window.of(extents);
  }

  @Override
  public Optional<WritableFrames> writable(long address, int length) {
    if (!writable) {
      return FrameSource.super.writable(address, length);
    }
    operations.perform(Operation.Kind.WRITE, address);
    synchronized (this) {
      if (!exists(address & -Window.SIZE) || window(address).absent().get((int) address & OFFSET)) {
        return Optional.empty();
      }
      // To the end of the page at most, as a driver that maps page by page does.
      int count = (int) Math.min(length, PAGE - address % PAGE);
      return Optional.of(new Write(address, new byte[count]));
    }
  }

  /** Bytes that reach the guest when the write ends. */
  private final class Write implements WritableFrames {
    private final long address;
    private final byte[] bytes;

    Write(long address, byte[] bytes) {
      this.address = address;
      this.bytes = bytes;
    }

    @Override
    public ByteBuffer bytes() {
      return ByteBuffer.wrap(bytes);
    }

    @Override
    public void close() {
      operations.perform(Operation.Kind.WRITE_END, address);
      put(address, bytes);
    }
  }

  @Override
  public String explain(long address) {
    return "the test put nothing there";
  }

  @Override
  public void close() {
    operations.perform(Operation.Kind.CLOSE_MEMORY, 0);
  }
}
