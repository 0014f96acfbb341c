package org.vmi4j.xenabi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.vmi4j.api.Architecture;

/**
 * The hypervisor's description of a domain: {@code struct xen_domctl_getdomaininfo} of {@code
 * xen/include/public/domctl.h}.
 *
 * @param maxPages how many pages of memory it may have
 * @param vcpus how many of its processors are online
 * @param allVcpus how many it has, with those that are down
 * @param emulation which devices Xen emulates for an x86 guest ({@code XEN_X86_EMU_*}); those of a
 *     full PC where the release does not report it
 * @param sharedInfoFrame the machine frame of the page that Xen shares with a PV guest
 */
public record DomainInfo(
    int id,
    int flags,
    long pages,
    long maxPages,
    long sharedInfoFrame,
    int vcpus,
    int allVcpus,
    UUID uuid,
    int emulation) {
  private static final int DYING = 1;
  private static final int HVM_GUEST = 1 << 1;
  private static final int SHUT_DOWN = 1 << 2;
  private static final int PAUSED = 1 << 3;
  private static final int BLOCKED = 1 << 4;
  private static final int RUNNING = 1 << 5;
  private static final int REASON_SHIFT = 16;
  private static final int REASON_CRASH = 3;

  /** HPET, power management, RTC, IOAPIC, PIC, VGA: a PVH guest has none of them. */
  private static final int EMU_PC = 0x7e;

  private static final int PAGE = 4096;

  /** The most that any release lets a domain have. */
  private static final int MOST_VCPUS = 8192;

  /**
   * Reads a record.
   *
   * @param bytes the record, in {@link XenAbi#DOMAIN_INFO_ROOM} bytes
   * @param abi of the release that filled it in
   */
  public static DomainInfo parse(byte[] bytes, XenAbi abi) {
    ByteBuffer info = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer handle = ByteBuffer.wrap(bytes, 76, 16);
    return new DomainInfo(
        info.getShort(0) & 0xffff,
        info.getInt(4),
        info.getLong(8),
        info.getLong(16),
        info.getLong(48),
        info.getInt(64),
        Math.min(Math.max(0, info.getInt(68) + 1), MOST_VCPUS),
        new UUID(handle.getLong(), handle.getLong()),
        abi.archConfigOffset().isPresent()
            ? info.getInt(abi.archConfigOffset().getAsInt())
            : EMU_PC);
  }

  /** Returns whether the domain is being destroyed. */
  public boolean isDying() {
    return (flags & DYING) != 0;
  }

  /** Returns whether it has ended by itself, orderly or not, and is not destroyed yet. */
  public boolean isShutDown() {
    return (flags & SHUT_DOWN) != 0;
  }

  /** Returns whether it is paravirtual, so that its page tables hold frames of the machine. */
  public boolean isParavirtual() {
    return (flags & HVM_GUEST) == 0;
  }

  /** Returns the kind of guest: PV, HVM or PVH. */
  public String type(Architecture host) {
    if (isParavirtual()) {
      return "PV";
    }
    return host == Architecture.X86_64 && (emulation & EMU_PC) != 0 ? "HVM" : "PVH";
  }

  /** Returns the state of the domain: {@code running}, {@code paused}, and so on. */
  public String state() {
    if (isDying()) {
      return "dying";
    }
    if (isShutDown()) {
      return (flags >>> REASON_SHIFT & 0xff) == REASON_CRASH ? "crashed" : "shut down";
    }
    if ((flags & PAUSED) != 0) {
      return "paused";
    }
    return (flags & RUNNING) != 0 ? "running" : (flags & BLOCKED) != 0 ? "blocked" : "runnable";
  }

  /** Returns the size of its memory in bytes. */
  public long memory() {
    return pages * PAGE;
  }
}
