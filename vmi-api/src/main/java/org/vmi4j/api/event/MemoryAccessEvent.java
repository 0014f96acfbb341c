package org.vmi4j.api.event;

/**
 * An access to memory that the rights of its frame do not permit ({@link FrameRights}), before it
 * takes place. One access may be a read and a write at once.
 */
public final class MemoryAccessEvent extends Event {
  private long physicalAddress;
  private long virtualAddress;
  private boolean hasVirtualAddress;
  private boolean read;
  private boolean write;
  private boolean execute;
  private boolean walk;

  /** Creates an event that is to be filled in. */
  public MemoryAccessEvent() {}

  /** The guest-physical address. */
  public long physicalAddress() {
    return physicalAddress;
  }

  /** The guest-virtual address; meaningful if {@link #hasVirtualAddress}. */
  public long virtualAddress() {
    return virtualAddress;
  }

  /** Whether the source reports the guest-virtual address. */
  public boolean hasVirtualAddress() {
    return hasVirtualAddress;
  }

  /** Whether it reads. */
  public boolean read() {
    return read;
  }

  /** Whether it writes. */
  public boolean write() {
    return write;
  }

  /** Whether it fetches an instruction. */
  public boolean execute() {
    return execute;
  }

  /** Whether the processor read or wrote a page table on its way to another address. */
  public boolean walk() {
    return walk;
  }

  /** Fills in what this kind has; called by sources. */
  public MemoryAccessEvent fill(
      long newPhysicalAddress,
      long newVirtualAddress,
      boolean newHasVirtualAddress,
      boolean newRead,
      boolean newWrite,
      boolean newExecute,
      boolean newWalk) {
    physicalAddress = newPhysicalAddress;
    virtualAddress = newVirtualAddress;
    hasVirtualAddress = newHasVirtualAddress;
    read = newRead;
    write = newWrite;
    execute = newExecute;
    walk = newWalk;
    return this;
  }

  /** The access as {@code "rwx"}, with a hyphen for what it is not. */
  public String access() {
    return (read ? "r" : "-") + (write ? "w" : "-") + (execute ? "x" : "-");
  }

  @Override
  public EventKind kind() {
    return EventKind.MEMORY_ACCESS;
  }

  @Override
  public MemoryAccessEvent keep() {
    return keptIn(
        new MemoryAccessEvent()
            .fill(physicalAddress, virtualAddress, hasVirtualAddress, read, write, execute, walk));
  }

  @Override
  public void describe(Details details) {
    details.address("pa", physicalAddress);
    if (hasVirtualAddress) {
      details.address("va", virtualAddress);
    }
    details.text("access", access());
    if (walk) {
      details.text("walk", "yes");
    }
  }
}
