package org.vmi4j.api.search;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.vmi4j.api.Progress;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PageBudget;

/**
 * A sequence of bytes to look for, in which some bits may be anything. Searching reads memory in
 * place or in large blocks, and finds overlapping occurrences too.
 */
public final class BytePattern {
  private static final int MAX_LENGTH = 4096;
  private static final int CHUNK = 1 << 20;
  private static final long SEGMENT = 8L << 20;

  private final byte[] value;
  private final byte[] mask;
  private final Anchor anchor;

  private BytePattern(byte[] value, byte[] mask) {
    if (value.length == 0 || value.length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a pattern has 1 to " + MAX_LENGTH + " bytes, this one has " + value.length);
    }
    this.value = value;
    this.mask = mask;
    this.anchor = Anchor.of(value, mask);
  }

  /** The bytes of a text in UTF-8. */
  public static BytePattern ofText(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Exactly these bytes. */
  public static BytePattern of(byte[] bytes) {
    byte[] mask = new byte[bytes.length];
    Arrays.fill(mask, (byte) -1);
    return new BytePattern(bytes.clone(), mask);
  }

  /**
   * Bytes in hexadecimal, with {@code ?} for a digit that may be anything: {@code "48 8b ?? 0?"}.
   * White space between bytes may be left out.
   *
   * @throws IllegalArgumentException if the text is something else, or every digit may be anything
   */
  public static BytePattern ofHex(String text) {
    String digits = text.replaceAll("\\s+", "").toLowerCase(Locale.ROOT);
    if (digits.length() % 2 != 0 || !digits.matches("[0-9a-f?]*")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no pattern in hexadecimal; write for example \"48 8b ?? 0?\"");
    }
    byte[] value = new byte[digits.length() / 2];
    byte[] mask = new byte[value.length];
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit != '?') {
        int shift = i % 2 == 0 ? 4 : 0;
        value[i / 2] |= (byte) (Character.digit(digit, 16) << shift);
        mask[i / 2] |= (byte) (0xf << shift);
      }
    }
    return new BytePattern(value, mask);
  }

  /** The length in bytes. */
  public int length() {
    return value.length;
  }

  /** Receives occurrences. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Receives one occurrence.
     *
     * @param address the address of its first byte
     * @return whether to go on
     */
    boolean found(long address);
  }

  /**
   * Searches physical memory on the calling thread.
   *
   * @param from the first address at which an occurrence may begin
   * @param to the address after the last at which one may begin
   * @param visitor receives every occurrence, in ascending order, until it stops the search
   * @return whether the visitor went on to the end
   */
  public boolean search(
      PhysicalMemory memory, long from, long to, Progress progress, Visitor visitor) {
    Scan scan = new Scan(memory, from, to, visitor);
    PhysicalMemory.ExtentVisitor extents =
        (base, bytes) -> {
          progress.advance(Math.min(base, to) - from, to - from);
          scan.take(base, bytes);
          return scan.isGoing();
        };
    long first = from & ~3L;
    long last = scan.last() + 1;
    return scan.finder.isFoundInZeros()
        ? memory.forEachExtent(first, last, extents)
        : memory.forEachDataExtent(first, last, extents);
  }

  /**
   * Searches physical memory on all processors.
   *
   * @param limit how many occurrences are wanted at the most
   * @return the addresses of the first ones, in ascending order
   */
  public long[] searchInParallel(
      PhysicalMemory memory, long from, long to, Progress progress, int limit) {
    List<long[]> found = new ArrayList<>();
    int total = 0;
    int batch = Runtime.getRuntime().availableProcessors() * 2;
    for (long start = from; start < to && total < limit; start += SEGMENT * batch) {
      progress.advance(start - from, to - from);
      long first = start;
      List<long[]> segments =
          LongStream.range(0, batch)
              .parallel()
              .mapToObj(i -> collect(memory, first + i * SEGMENT, to, limit))
              .toList();
      found.addAll(segments);
      total += segments.stream().mapToInt(segment -> segment.length).sum();
    }
    return found.stream().flatMapToLong(Arrays::stream).limit(limit).toArray();
  }

  private long[] collect(PhysicalMemory memory, long from, long to, int limit) {
    LongStream.Builder addresses = LongStream.builder();
    int[] count = new int[1];
    search(
        memory,
        from,
        Math.min(to, from + SEGMENT),
        Progress.NONE,
        address -> {
          addresses.add(address);
          return ++count[0] < limit;
        });
    return addresses.build().toArray();
  }

  /**
   * Searches a range of virtual memory with a {@link PageBudget} of its own.
   *
   * @see #search(AddressSpace, long, long, PageBudget, Progress, Visitor)
   */
  public boolean search(
      AddressSpace space, long from, long to, Progress progress, Visitor visitor) {
    return search(space, from, to, PageBudget.of(space.physicalMemory()), progress, visitor);
  }

  /**
   * Searches a range of virtual memory, of which parts may be missing.
   *
   * @param from the first address at which an occurrence may begin
   * @param to the address after the last at which one may begin
   * @param budget what the pages of the range are charged to
   * @param visitor receives every occurrence, in ascending order, until it stops the search
   * @return whether the visitor went on to the end
   * @throws org.vmi4j.api.paging.PageBudgetExceededException if the page tables map more than the
   *     budget allows; the occurrences before that have been visited
   */
  public boolean search(
      AddressSpace space,
      long from,
      long to,
      PageBudget budget,
      Progress progress,
      Visitor visitor) {
    if (from == to) {
      return true;
    }
    Scan scan = new Scan(space, from, to, visitor);
    byte[] chunk = new byte[CHUNK];
    space.forEachPage(
        from & ~3L,
        scan.last(),
        budget,
        progress,
        (va, pa, length) -> {
          for (long at = va; at < va + length && scan.isGoing(); at += CHUNK) {
            progress.advance(Math.min(at - from, to - from), to - from);
            int wanted = (int) Math.min(CHUNK, va + length - at);
            int got = space.physicalMemory().readAvailable(pa + (at - va), chunk, 0, wanted);
            scan.take(at, ByteBuffer.wrap(chunk, 0, got).order(ByteOrder.LITTLE_ENDIAN));
          }
          return scan.isGoing();
        });
    return scan.isGoing();
  }

  /** One search: verifies the anchor's candidates and reports matches in order. */
  private final class Scan {
    private final Memory memory;
    private final long from;
    private final long to;
    private final Visitor visitor;
    private final Anchor.Finder finder = anchor.finder();
    private final byte[] bytes = new byte[value.length];
    private boolean going = true;

    Scan(Memory memory, long from, long to, Visitor visitor) {
      this.memory = memory;
      this.from = from;
      this.to = to;
      this.visitor = visitor;
    }

    /**
     * The last address to be scanned. Of an occurrence at the end of the range only the beginning
     * lies there; what the finder looks for may lie behind.
     */
    long last() {
      long last = to - 1;
      long further = last + anchor.offset() + finder.reach();
      return Long.compareUnsigned(further, last) < 0 ? -1 : further;
    }

    boolean isGoing() {
      return going;
    }

    void take(long base, ByteBuffer extent) {
      finder.candidates(
          extent,
          position -> {
            long address = base + position - anchor.offset();
            if (address >= from && address < to && matches(address)) {
              going = visitor.found(address);
            }
            return going;
          });
    }

    /** The candidate may extend into the extents before and after this one. */
    private boolean matches(long address) {
      if (memory.readAvailable(address, bytes, 0, bytes.length) < bytes.length) {
        return false;
      }
      for (int i = 0; i < bytes.length; i++) {
        if ((bytes[i] & mask[i]) != value[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
