package org.vmi4j.xenabi.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vmi4j.api.VmiException;

/**
 * One page in which Xen puts requests, and a program its responses: a shared ring of {@code
 * public/io/ring.h}. Requests and responses share the slots, and each counter runs over all 32-bit
 * numbers. Of the page, Xen owns the counter of requests; whatever it holds, nothing outside of the
 * page is read or written.
 *
 * <p>One thread at a time may use it. Nothing here allocates.
 */
public final class VmEventRing {
  /** The size of the page in bytes. */
  public static final int PAGE = 4096;

  private static final int REQUESTS_PRODUCED = 0;
  private static final int REQUEST_EVENT = 4;
  private static final int RESPONSES_PRODUCED = 8;
  private static final int RESPONSE_EVENT = 12;
  private static final int SLOTS = 64;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer page;
  private final int slotSize;
  private final int slots;
  private int taken;
  private int put;

  /**
   * Creates a ring over a page as it is.
   *
   * @param page a direct buffer, from index 0, which begins at an address that is a multiple of 4
   * @param slotSize the size of a request: {@link VmEventLayout#size}
   */
  public VmEventRing(ByteBuffer page, int slotSize) {
    if (page.capacity() < PAGE || page.alignmentOffset(0, Integer.BYTES) != 0) {
      throw new IllegalArgumentException("not a page that begins at a multiple of 4");
    }
    this.page = page;
    this.slotSize = slotSize;
    this.slots = Integer.highestOneBit((PAGE - SLOTS) / slotSize);
  }

  /** Makes the ring empty, as its user has to before Xen puts the first request. */
  public void initialize() {
    for (int at = 0; at < SLOTS; at += Integer.BYTES) {
      INT.set(page, at, 0);
    }
    INT.setRelease(page, REQUEST_EVENT, 1);
    INT.setRelease(page, RESPONSE_EVENT, 1);
    taken = 0;
    put = 0;
  }

  /** How many requests, and responses, there is room for. */
  public int slots() {
    return slots;
  }

  /**
   * Takes the next request, if there is one.
   *
   * @param into receives a copy of the whole slot from index 0: Xen may change the slot
   * @throws VmiException if Xen's counter cannot be true; nothing is taken then
   */
  public boolean take(ByteBuffer into) {
    int produced = (int) INT.getAcquire(page, REQUESTS_PRODUCED);
    int waiting = produced - taken;
    if (waiting == 0) {
      return false;
    }
    if (waiting < 0 || waiting > slots) {
      throw new VmiException(
          "the ring of events is damaged: it claims to hold "
              + Integer.toUnsignedString(waiting)
              + " requests, and has "
              + slots
              + " slots; close the machine and open it again");
    }
    into.put(0, page, slotAt(taken), slotSize);
    taken++;
    return true;
  }

  /**
   * Puts the next response, which Xen sees at the next {@link #publish}. Each request that was
   * taken gets one, in any order of processors.
   *
   * @param response the whole slot from index 0
   */
  public void put(ByteBuffer response) {
    page.put(slotAt(put), response, 0, slotSize);
    put++;
  }

  /** Lets Xen see all responses that were put. It reads them when it is notified. */
  public void publish() {
    INT.setRelease(page, RESPONSES_PRODUCED, put);
  }

  /**
   * Asks Xen for a notification of the next request, to be called when there was none to take.
   *
   * @return whether one has come meanwhile, which Xen may not notify of: it is to be taken
   */
  public boolean awaitNext() {
    INT.setVolatile(page, REQUEST_EVENT, taken + 1);
    // Without this, the counter could be read before Xen sees the other one.
    VarHandle.fullFence();
    return (int) INT.getAcquire(page, REQUESTS_PRODUCED) != taken;
  }

  /** Whether Xen has read all responses that were published. */
  public boolean isRead() {
    return (int) INT.getAcquire(page, RESPONSE_EVENT) == put + 1;
  }

  private int slotAt(int counter) {
    return SLOTS + (counter & slots - 1) * slotSize;
  }
}
