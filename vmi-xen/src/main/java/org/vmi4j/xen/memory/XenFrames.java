package org.vmi4j.xen.memory;

import static org.vmi4j.xen.memory.ForeignMemory.PAGE;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.spi.FrameSource;
import org.vmi4j.api.spi.Window;
import org.vmi4j.api.spi.WritableFrames;
import org.vmi4j.xen.domain.Hypervisor;
import org.vmi4j.xen.domain.XenDomain;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.LibC;

/**
 * The frames of a domain, mapped 512 at a time. The hypervisor reports whether each page is
 * present; an absent page may have been ballooned out, and may return.
 *
 * <p>A page that the guest gives back while it is mapped stays mapped with its content until its
 * window is mapped again.
 */
public final class XenFrames implements FrameSource {
  private static final int WINDOW_PAGES = Window.SIZE / PAGE;
  private static final long ABSENCE = TimeUnit.SECONDS.toNanos(1);

  private final XenDomain domain;
  private final ForeignMemory memory;
  private final PresentWindows present;
  private final Optional<ContiguousWindows> contiguous;
  private final long frames;

  /** With those that may be added. */
  private final long allFrames;

  private final int windows;
  private volatile Listener listener;

  /**
   * Creates the frames of a domain.
   *
   * @param present knows which windows to visit
   * @param contiguous maps complete windows contiguously, where that is possible
   * @param frames how many frame numbers there are: one more than the last
   * @param windows how many windows may be kept
   */
  public XenFrames(
      XenDomain domain,
      ForeignMemory memory,
      PresentWindows present,
      Optional<ContiguousWindows> contiguous,
      long frames,
      int windows) {
    this.domain = domain;
    this.memory = memory;
    this.present = present;
    this.contiguous = contiguous;
    this.frames = frames;
    this.allFrames = domain.info().isParavirtual() ? frames : frames + XenDomain.MOST_ADDED_FRAMES;
    this.windows = windows;
  }

  @Override
  public long end() {
    return frames * PAGE;
  }

  @Override
  public long reach() {
    return allFrames * PAGE;
  }

  @Override
  public long size() {
    return domain.info().memory();
  }

  @Override
  public Addressing addressing() {
    return domain.info().isParavirtual() ? Addressing.MACHINE : Addressing.GUEST;
  }

  @Override
  public Optional<ContiguousMapping> contiguousMapping() {
    return contiguous.map(ContiguousWindows::mapping);
  }

  /** The windows of the contiguous mapping stay mapped, and are subtracted. */
  @Override
  public int windowLimit() {
    return windows - contiguous.map(ContiguousWindows::windows).orElse(0);
  }

  @Override
  public long absenceLifetime() {
    return ABSENCE;
  }

  @Override
  public void listen(Listener changes) {
    listener = changes;
  }

  @Override
  public Window map(long address) {
    domain.requireAlive();
    long first = address / PAGE;
    int pages = (int) Math.min(WINDOW_PAGES, allFrames - first);
    return contiguous
        .flatMap(mapping -> map(mapping, address))
        .orElseGet(() -> mapApart(ForeignMemory.consecutive(first, pages)));
  }

  private Optional<Window> map(ContiguousWindows mapping, long address) {
    Optional<Window> mapped = mapping.map(address);
    mapped.ifPresent(window -> listener.mapped(address));
    return mapped;
  }

  private Window mapApart(long[] numbers) {
    int pages = numbers.length;
    int[] errors = new int[pages];
    long mapped = memory.map(LibC.PROT_READ, numbers, errors);
    if (countPresent(errors) == 0) {
      memory.unmap(mapped, pages);
      checkAlive(errors[0]);
      return Window.ABSENT;
    }
    ByteBuffer bytes = memory.keep(mapped, pages);
    List<Window.Extent> extents = new ArrayList<>();
    int page = 0;
    while (page < pages) {
      int start = page;
      while (page < pages && errors[page] == 0) {
        page++;
      }
      if (page > start) {
        ByteBuffer run = bytes.slice(start * PAGE, (page - start) * PAGE);
        extents.add(new Window.Extent(start * PAGE, run));
      }
      while (page < pages && errors[page] != 0) {
        page++;
      }
    }
    return Window.of(extents);
  }

  @Override
  public Window retry(long address, Window known) {
    long first = address / PAGE;
    int pages = (int) Math.min(WINDOW_PAGES, allFrames - first);
    boolean[] there = new boolean[pages];
    for (Window.Extent extent : known.extents()) {
      int start = extent.offset() / PAGE;
      for (int i = 0; i < extent.bytes().limit() / PAGE; i++) {
        there[start + i] = true;
      }
    }
    long[] absent =
        IntStream.range(0, pages).filter(i -> !there[i]).mapToLong(i -> first + i).toArray();
    return absent.length > 0 && countPresent(memory.probe(absent)) > 0 ? map(address) : known;
  }

  private static int countPresent(int[] errors) {
    return (int) IntStream.of(errors).filter(error -> error == 0).count();
  }

  /** Pages of a domain that is gone are not a hole. */
  private void checkAlive(int error) {
    if (error == -Errno.ESRCH && domain.isGone()) {
      domain.requireAlive();
    }
  }

  @Override
  public long next(long address) {
    long window = present.next(address & -Window.SIZE);
    return window < 0 ? end() : Math.max(address, window);
  }

  @Override
  public Optional<WritableFrames> writable(long address, int length) {
    long first = address / PAGE;
    int offset = (int) (address % PAGE);
    long wanted = Math.min((offset + (long) length + PAGE - 1) / PAGE, WINDOW_PAGES);
    int pages = (int) Math.min(wanted, allFrames - first);
    long[] numbers = ForeignMemory.consecutive(first, pages);
    int[] errors = new int[pages];
    long mapped = memory.map(LibC.PROT_READ | LibC.PROT_WRITE, numbers, errors);
    int usable = 0;
    while (usable < pages && errors[usable] == 0) {
      usable++;
    }
    if (usable == 0) {
      memory.unmap(mapped, pages);
      checkAlive(errors[0]);
      return Optional.empty();
    }
    int end = (int) Math.min((long) usable * PAGE, offset + (long) length);
    ByteBuffer bytes = ForeignMemory.bytes(mapped, pages).slice(offset, end - offset);
    return Optional.of(new Write(bytes, mapped, pages, first, usable));
  }

  @Override
  public Optional<String> loss(long address, int length) {
    domain.requireAlive();
    return Optional.empty();
  }

  @Override
  public String explain(long address) {
    domain.isGone();
    domain.requireAlive();
    return "the domain " + domain + " has no page there, or has given it back";
  }

  /** Revokes all memory, since the domain is gone. */
  public void lose() {
    listener.revoked();
    memory.drop();
  }

  @Override
  public void close() {
    memory.close();
  }

  /** Pages mapped for one write. */
  private final class Write implements WritableFrames {
    private final ByteBuffer bytes;
    private final long mapped;
    private final int pages;
    private final long firstFrame;
    private final int written;

    Write(ByteBuffer bytes, long mapped, int pages, long firstFrame, int written) {
      this.bytes = bytes;
      this.mapped = mapped;
      this.pages = pages;
      this.firstFrame = firstFrame;
      this.written = written;
    }

    @Override
    public ByteBuffer bytes() {
      return bytes;
    }

    @Override
    public void close() {
      memory.unmap(mapped, pages);
      if (Hypervisor.hostArchitecture() == Architecture.AARCH64) {
        long result = domain.hypervisor().flushCaches(domain.id(), firstFrame, written);
        if (result < 0) {
          throw domain.failure("cannot write back the caches over memory", result);
        }
      } else if (!domain.info().isParavirtual()) {
        domain.hypervisor().writeLog().add(domain.id(), firstFrame, written);
      }
    }
  }
}
