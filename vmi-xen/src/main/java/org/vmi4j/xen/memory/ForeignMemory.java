package org.vmi4j.xen.memory;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Handle;
import org.vmi4j.xen.lib.LibC;
import org.vmi4j.xen.lib.LibXenForeignMemory;
import org.vmi4j.xen.lib.LibXenForeignMemoryAt;
import org.vmi4j.xen.lib.Libraries;

/**
 * Memory of one domain that is mapped into this process.
 *
 * <p>A mapping that readers have is unmapped by the garbage collector when no buffer refers to it:
 * a page that is read after it was unmapped would end the JVM. But a mapped page also keeps its
 * domain from being destroyed. So {@link #drop} revokes the guest's pages at once, even while they
 * are read: it replaces them by pages of an empty file, on which a read ends with an error that
 * Java can catch.
 */
public final class ForeignMemory implements AutoCloseable {
  public static final int PAGE = 4096;

  private static final Cleaner CLEANER = Cleaner.create();

  /**
   * How many collections in a row may release nothing, and how long after each the cleaner has to
   * run, in nanoseconds: a second in all. Then readers really refer to all that is mapped.
   */
  private static final int COLLECTIONS = 20;

  private static final long PAUSE = 50_000_000;

  private final XenDomain domain;
  private final Handle handle;
  private final int emptyFile;
  private final int limit;

  /** Whether the library can map at a given address. */
  private final boolean placesWindows;

  /** The mappings that buffers refer to, or did a moment ago; guarded by this. */
  private final Set<Mapping> live = new HashSet<>();

  /** What was reserved, if anything was; guarded by this. */
  private ReservedRange reserved = new ReservedRange(0, 0);

  private boolean closed;

  private final ReentrantLock admission = new ReentrantLock(true);

  private ForeignMemory(
      XenDomain domain, Handle handle, int emptyFile, int limit, boolean placesWindows) {
    this.domain = domain;
    this.handle = handle;
    this.emptyFile = emptyFile;
    this.limit = limit;
    this.placesWindows = placesWindows;
  }

  /**
   * Opens the memory of a domain.
   *
   * @param limit how many windows may be mapped; beyond that, a new one waits for the garbage
   *     collector to release others
   */
  public static ForeignMemory open(XenDomain domain, Libraries libraries, int limit) {
    LibXenForeignMemory.bind(libraries);
    long address = LibXenForeignMemory.xenforeignmemory_open(0, 0);
    if (address == 0) {
      throw new VmiException(
          "cannot open the device that maps the memory of domains, /dev/xen/privcmd: "
              + Errno.explainOpen(Native.getLastError()));
    }
    Handle handle = new Handle("Xen's memory device", address);
    int file = LibC.memfd_create("vmi4j-gone", LibC.MFD_CLOEXEC);
    if (file < 0) {
      int errno = Native.getLastError();
      handle.close(LibXenForeignMemory::xenforeignmemory_close);
      throw new VmiException("cannot create a file in memory: " + Errno.explain(errno));
    }
    return new ForeignMemory(domain, handle, file, limit, LibXenForeignMemoryAt.bind(libraries));
  }

  /**
   * Maps pages side by side. They are the caller's to unmap, or to {@link #keep}.
   *
   * @param errors filled in with 0 for each page, or the negative error for which it is not there
   * @return the address of the first
   */
  public long map(int protection, long[] frames, int[] errors) {
    domain.requireAlive();
    long result =
        Errno.retry(
            () ->
                handle.use(
                    value -> {
                      long address =
                          LibXenForeignMemory.xenforeignmemory_map(
                              value, domain.id(), protection, frames.length, frames, errors);
                      return address == 0 ? -1 : address;
                    }));
    if (result < 0) {
      throw domain.failure("cannot map memory", result);
    }
    return result;
  }

  /** Returns the numbers of frames that follow each other. */
  static long[] consecutive(long first, int count) {
    long[] numbers = new long[count];
    Arrays.setAll(numbers, i -> first + i);
    return numbers;
  }

  /** Queries which frames are present: for each 0, or the negative error. */
  int[] probe(long[] frames) {
    int[] errors = new int[frames.length];
    unmap(map(LibC.PROT_READ, frames, errors), frames.length);
    return errors;
  }

  /**
   * Keeps addresses free for {@link #mapAt}, if the library is able to map there. They are given
   * back when no buffer refers to them.
   */
  Optional<ByteBuffer> reserve(int windows) {
    if (!placesWindows) {
      return Optional.empty();
    }
    long bytes = windows * (long) Window.SIZE;
    long address = LibC.mmap(0, bytes, LibC.PROT_READ, LibC.MAP_SHARED, emptyFile, 0);
    if (address == LibC.MAP_FAILED) {
      return Optional.empty();
    }
    synchronized (this) {
      reserved = new ReservedRange(address, windows);
      ByteBuffer buffer = reserved.bytes();
      CLEANER.register(buffer, reserved);
      return Optional.of(buffer);
    }
  }

  /**
   * Maps a window at a slot of the reserved range, where nothing is mapped.
   *
   * @param window which slot, counted from 0
   * @return whether all pages are there; nothing is mapped otherwise
   */
  boolean mapAt(int window, long[] frames) {
    ReservedRange range = range();
    int[] errors = new int[frames.length];
    if (!range.use(window, (place, bytes) -> mapAt(place, frames, errors))) {
      return false;
    }
    boolean complete = isAllThere(errors);
    synchronized (this) {
      if (complete && !closed && !domain.isKnownGone()) {
        return true;
      }
      range.use(window, this::showNothing);
      return false;
    }
  }

  private synchronized ReservedRange range() {
    return reserved;
  }

  private long mapAt(long place, long[] frames, int[] errors) {
    return handle.use(
        value ->
            LibXenForeignMemoryAt.xenforeignmemory_map2(
                value,
                domain.id(),
                place,
                LibC.PROT_READ,
                LibC.MAP_FIXED,
                frames.length,
                frames,
                errors));
  }

  private static boolean isAllThere(int[] errors) {
    for (int error : errors) {
      if (error != 0) {
        return false;
      }
    }
    return true;
  }

  /** Writes into one frame, which need not be in the memory that the domain was opened with. */
  public void write(long frame, int offset, byte[] bytes) {
    Objects.checkFromIndexSize(offset, bytes.length, PAGE);
    int[] errors = new int[1];
    long address = map(LibC.PROT_READ | LibC.PROT_WRITE, new long[] {frame}, errors);
    try {
      if (errors[0] != 0) {
        throw domain.failure("cannot write frame 0x" + Long.toHexString(frame), errors[0]);
      }
      bytes(address, 1).put(offset, bytes);
    } finally {
      unmap(address, 1);
    }
  }

  /** Unmaps pages that have no reader. */
  void unmap(long address, int pages) {
    handle.use(value -> LibXenForeignMemory.xenforeignmemory_unmap(value, address, pages));
  }

  /** The buffer over mapped pages, which stay mapped as long as it or a part of it is in use. */
  ByteBuffer keep(long address, int pages) {
    ByteBuffer buffer = bytes(address, pages);
    Mapping mapping = new Mapping(this, address, pages);
    // One at a time, in turn: what one thread has waited for is not taken by another.
    admission.lock();
    try {
      admit(mapping);
    } catch (RuntimeException e) {
      LibC.munmap(address, (long) pages * PAGE);
      throw e;
    } finally {
      admission.unlock();
    }
    CLEANER.register(buffer, mapping);
    return buffer;
  }

  /** Adds a mapping, after the garbage collector has brought their number below the limit. */
  private void admit(Mapping mapping) {
    for (int attempt = 0; ; attempt++) {
      synchronized (this) {
        if (closed) {
          throw new VmiException("the domain " + domain + " is closed");
        }
        if (!isFull()) {
          live.add(mapping);
          if (domain.isKnownGone()) {
            drop(mapping);
          }
          return;
        }
      }
      if (attempt == COLLECTIONS) {
        throw new VmiException(
            "too much memory of the domain "
                + domain
                + " is in use at a time: "
                + limit
                + " windows; read less at a time, or open it with more (xen:NAME?windows=N)");
      }
      System.gc();
      awaitRelease();
    }
  }

  private boolean isFull() {
    return live.size() + reserved.windows() >= limit;
  }

  private synchronized void awaitRelease() {
    long deadline = System.nanoTime() + PAUSE;
    try {
      for (long left = PAUSE; isFull() && left > 0; left = deadline - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The bytes of mapped pages, whose lifetime the caller manages. */
  public static ByteBuffer bytes(long address, int pages) {
    return new Pointer(address).getByteBuffer(0, (long) pages * PAGE);
  }

  /** Revokes all of the domain's pages at once; later reads of them fail. */
  synchronized void drop() {
    if (!closed) {
      live.forEach(this::drop);
      reserved.forEachSegment(this::showNothing);
    }
  }

  private void drop(Mapping mapping) {
    if (!mapping.dropped) {
      long bytes = (long) mapping.pages * PAGE;
      mapping.dropped = showNothing(mapping.address, bytes) == mapping.address;
    }
  }

  /** Remaps a range to the empty file; returns its address, or {@link LibC#MAP_FAILED}. */
  private long showNothing(long address, long bytes) {
    int flags = LibC.MAP_SHARED | LibC.MAP_FIXED;
    return LibC.mmap(address, bytes, LibC.PROT_READ, flags, emptyFile, 0);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      drop();
      closed = true;
      LibC.close(emptyFile);
    }
    handle.close(LibXenForeignMemory::xenforeignmemory_close);
  }

  private synchronized void release(Mapping mapping) {
    live.remove(mapping);
    notifyAll();
    if (mapping.dropped || closed) {
      LibC.munmap(mapping.address, (long) mapping.pages * PAGE);
    } else {
      unmap(mapping.address, mapping.pages);
    }
  }

  /** Pages that a buffer maps; runs when the buffer is no longer in use. */
  private static final class Mapping implements Runnable {
    private final ForeignMemory owner;
    private final long address;
    private final int pages;
    private boolean dropped;

    Mapping(ForeignMemory owner, long address, int pages) {
      this.owner = owner;
      this.address = address;
      this.pages = pages;
    }

    @Override
    public void run() {
      owner.release(this);
    }
  }
}
