package org.vmi4j.xen.fake;

import com.sun.jna.NativeLibrary;

/** What a domain of {@link FakeXen} reports, what was asked of it, and what became of it. */
public final class FakeEvents {
  public static final int PAUSED = 1;
  public static final int IN_VIEW = 1 << 7;

  private final NativeLibrary library;
  private final int id;

  FakeEvents(NativeLibrary library, int id) {
    this.library = library;
    this.id = id;
  }

  /** A number that the stand-in keeps of a processor, in the order of {@code fake_vcpu}. */
  public enum OfVcpu {
    PAUSES,
    VIEW,
    STEPPING,
    STEPPING_ONCE,
    SENT,
    ANSWERED,
    FLAGS,
    REASON,
    VERSION,
    ANSWER_VIEW,
    RAX,
    RIP,
    R15,
    VIEW_AFTER_STEP,
    SECOND_WORD
  }

  /** A number that the stand-in keeps of a domain, in the order of {@code fake_monitor}. */
  public enum OfDomain {
    ENABLED,
    ANSWERS,
    WRONG,
    CALLS_AFTER_END,
    VIEW_CALLS_AFTER_END,
    VIEWS_ON,
    ACCESS_CALLS,
    MAX_KIB,
    ADDED_FRAMES,
    FINISHED,
    NOTIFICATIONS
  }

  /** Sets how many processors the domain has. */
  public FakeEvents vcpus(int count) {
    library.getFunction("fake_vcpus").invokeVoid(new Object[] {id, count});
    return this;
  }

  /** Sets what the hypervisor can do. */
  public FakeEvents features(int capabilities, boolean memAccess, boolean views, long permitted) {
    library
        .getFunction("fake_capabilities")
        .invokeVoid(new Object[] {id, capabilities, memAccess ? 1 : 0, views ? 1 : 0, permitted});
    return this;
  }

  /** Sends a request whose processor waits; its fields are in the order of Xen's structure. */
  public boolean send(int vcpu, int reason, long... words) {
    return sendAs(vcpu, reason, PAUSED, 0, 0, words);
  }

  /** Sends a request; version 0 is the right one. Returns false if the ring is full or closed. */
  public boolean sendAs(int vcpu, int reason, int flags, int view, int version, long... words) {
    long[] all = new long[4];
    System.arraycopy(words, 0, all, 0, words.length);
    return library
            .getFunction("fake_event")
            .invokeInt(new Object[] {id, vcpu, reason, flags, view, all, version})
        != 0;
  }

  /** Claims requests that were never written. */
  public void claim(int count) {
    library.getFunction("fake_claim").invokeVoid(new Object[] {id, count});
  }

  /** Wakes the client for nothing. */
  public void wakeForNothing() {
    library.getFunction("fake_spurious").invokeVoid(new Object[] {id});
  }

  /**
   * Lets every processor make events as quickly as they are answered, in a thread.
   *
   * @param sparing whether the hypervisor notifies only when the ring asks for it
   */
  public void produce(long perVcpu, boolean sparing) {
    library.getFunction("fake_produce").invokeVoid(new Object[] {id, perVcpu, sparing ? 1 : 0});
  }

  /** As {@link #produce}, without a thread: events are made while answers are read. */
  public void refill(long perVcpu) {
    library.getFunction("fake_refill").invokeVoid(new Object[] {id, perVcpu});
  }

  /** Lets a client in C answer a storm; returns how many nanoseconds it took. */
  public long consumeInC(long count) {
    return library.getFunction("fake_consume").invokeLong(new Object[] {id, count});
  }

  public void crash() {
    library.getFunction("fake_crash").invokeVoid(new Object[] {id});
  }

  /** A client was killed that monitored CPUID, while a processor waited for its answer. */
  public void leaveKilledClient(int vcpu) {
    library.getFunction("fake_killed_client").invokeVoid(new Object[] {id, vcpu});
  }

  @SuppressWarnings("EnumOrdinal") // The order is that of the C function.
  public long of(int vcpu, OfVcpu what) {
    return number("fake_vcpu", id, vcpu, what.ordinal());
  }

  @SuppressWarnings("EnumOrdinal") // The order is that of the C function.
  public long of(OfDomain what) {
    return number("fake_monitor", id, what.ordinal());
  }

  /** Whether a kind is monitored: 0, 1, or 3 if the processor waits; numbered as capabilities. */
  public long kind(int number) {
    return number("fake_kind", id, number);
  }

  /** Bit 0: writes are monitored; 1: the processor waits; 2: changes only. */
  public long controlRegister(int index) {
    return number("fake_cr", id, index);
  }

  /** Bit 0: writes are monitored; 1: changes only. */
  public long msr(int msr) {
    return number("fake_msr", id, msr);
  }

  /** What was delivered last: processor, vector, type, error code, length, extra, how many. */
  public long injected(int word) {
    return number("fake_injected", id, word);
  }

  public long access(int view, long frame) {
    return number("fake_access", id, view, frame);
  }

  /** The rights that a view was created with; -1 if there is none. */
  public long view(int view) {
    return number("fake_view", id, view);
  }

  /** The frame that was replaced last in a view (0), and by which (1). */
  public long remapped(int view, int word) {
    return number("fake_remapped", id, view, word);
  }

  private long number(String function, Object... arguments) {
    return library.getFunction(function).invokeLong(arguments);
  }
}
