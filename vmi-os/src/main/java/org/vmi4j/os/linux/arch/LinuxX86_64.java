package org.vmi4j.os.linux.arch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.paging.SoftwareEntries;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;

/** Linux on x86-64. */
public final class LinuxX86_64 implements LinuxArch {
  /** Where a kernel's image is mapped (Documentation/arch/x86/x86_64/mm.rst). */
  public static final long KERNEL_MAP = 0xffff_ffff_8000_0000L;

  static final LinuxX86_64 ARCH = new LinuxX86_64();

  private static final long CR4_LA57 = 1 << 12;

  /** The size of the address range reserved for the image (KERNEL_IMAGE_SIZE). */
  private static final long IMAGE_SPACE = 1L << 30;

  /**
   * Xen chooses the frames of a paravirtual guest and their order: contiguity ends with the page.
   */
  private static final long IMAGE_PIECE = 1 << 12;

  /** With page-table isolation the user's table is the page after the kernel's. */
  private static final long USER_TABLE = 1 << 12;

  /** CR3 without flags and PCID: Intel SDM volume 3A, 4.5. */
  private static final long CR3_ROOT = 0x000f_ffff_ffff_f000L;

  /** THREAD_SIZE without KASAN, which doubles it (asm/page_64_types.h). */
  private static final int STACK = 1 << 14;

  /** User-mode selectors: arch/x86/include/asm/segment.h, and those of Xen, xen-x86_64.h. */
  private static final Set<Long> CODE = Set.of(0x33L, 0x23L, 0xe033L, 0xe023L);

  private static final Set<Long> DATA = Set.of(0x2bL, 0xe02bL);

  /** Since Linux 6.9, two longs above are reserved for FRED. */
  private static final SavedRegisters SAVED =
      new SavedRegisters(
          STACK,
          List.of(0, 16),
          Map.of(
              X86.DS, "thread.ds",
              X86.ES, "thread.es",
              X86.FS, "thread.fsindex",
              X86.GS, "thread.gsindex",
              X86.FS_BASE, "thread.fsbase",
              X86.GS_BASE, "thread.gsbase"),
          LinuxX86_64::inProgram);

  /**
   * arch/x86/include/asm/current.h: pcpu_hot holds it in Linux 6.2 to 6.14. SWAPGS exchanges the
   * bases (arch/x86/entry/entry_64.S).
   */
  private static final CurrentTask CURRENT =
      new CurrentTask(
          Optional.empty(),
          List.of("pcpu_hot.current_task", "current_task"),
          List.of(X86.GS_BASE, X86.KERNEL_GS_BASE),
          X86.CR3,
          CR3_ROOT,
          USER_TABLE,
          registers -> registers.has(X86.RIP) && registers.get(X86.RIP) < 0);

  /**
   * arch/x86/include/asm/syscall_wrapper.h; TS_COMPAT of asm/thread_info.h is set during calls of
   * 32 bits.
   */
  private static final SystemCallShape SYSTEM_CALLS =
      new SystemCallShape(
          Map.of(
              "__x64_sys_", List.of(Architecture.X86_64),
              "__ia32_sys_", List.of(Architecture.X86),
              "__ia32_compat_sys_", List.of(Architecture.X86)),
          Map.of(
              Architecture.X86_64, List.of("di", "si", "dx", "r10", "r8", "r9"),
              Architecture.X86, List.of("bx", "cx", "dx", "si", "di", "bp")),
          X86.RDI,
          X86.RAX,
          new SystemCallShape.Mark(SystemCallShape.Place.TASK, "thread_info.status", 2));

  private LinuxX86_64() {}

  private static boolean inProgram(RegisterValues values) {
    return CODE.contains(values.getOr(X86.CS, 0)) && DATA.contains(values.getOr(X86.SS, 0));
  }

  @Override
  public Architecture architecture() {
    return Architecture.X86_64;
  }

  @Override
  public Architecture narrow() {
    return Architecture.X86;
  }

  @Override
  public boolean isNotedIn(VmcoreInfo info) {
    return info.number("phys_base").isPresent();
  }

  @Override
  public Optional<AddressSpace> kernelSpace(PhysicalMemory memory, VmcoreInfo info) {
    OptionalLong top = info.topTable();
    OptionalLong base = info.number("phys_base");
    return top.isPresent() && base.isPresent()
        ? Optional.of(space(memory, info, top.getAsLong() - KERNEL_MAP + base.getAsLong()))
        : Optional.empty();
  }

  @Override
  public Optional<AddressSpace> kernelSpace(AddressSpace seen, VmcoreInfo info) {
    OptionalLong top = info.topTable();
    long lookup = top.isPresent() ? seen.lookup(top.getAsLong()) : -1;
    return Lookup.isMapped(lookup)
        ? Optional.of(space(seen.physicalMemory(), info, Lookup.physical(lookup)))
        : Optional.empty();
  }

  private static AddressSpace space(PhysicalMemory memory, VmcoreInfo info, long root) {
    boolean five = info.number("pgtable_l5_enabled").orElse(0) != 0;
    return AddressSpace.of(memory, five ? PagingMode.X86_64_LA57 : PagingMode.X86_64, root);
  }

  @Override
  public SoftwareEntries softwareEntries(PhysicalMemory memory, VmcoreInfo info) {
    return memory.addressing() == Addressing.MACHINE
        ? LinuxSoftwareEntries.X86_64_PARAVIRTUAL
        : LinuxSoftwareEntries.X86_64;
  }

  @Override
  public Register tableRegister() {
    return X86.CR3;
  }

  @Override
  public Register controlRegister() {
    return X86.CR4;
  }

  @Override
  public Stream<ProcessorTables> tables(PhysicalMemory memory, long table, long control) {
    PagingMode mode = (control & CR4_LA57) != 0 ? PagingMode.X86_64_LA57 : PagingMode.X86_64;
    long root = mode.rootOf(table);
    return LongStream.of(root & ~USER_TABLE, root)
        .distinct()
        .mapToObj(
            each ->
                new ProcessorTables(
                    AddressSpace.of(memory, mode, each),
                    KERNEL_MAP,
                    KERNEL_MAP + IMAGE_SPACE - 1,
                    IMAGE_PIECE));
  }

  @Override
  public long imageStart(VmcoreInfo info) {
    return info.symbol("_stext").orElse(KERNEL_MAP + info.kernelOffset());
  }

  /** {@inheritDoc} {@code phys_base} is relative to the address that the image is linked for. */
  @Override
  public long physicalOffset(VmcoreInfo info) {
    OptionalLong base = info.number("phys_base");
    return base.isPresent() ? base.getAsLong() + info.kernelOffset() : 0;
  }

  @Override
  public boolean isKernelAddress(long address) {
    return address < 0;
  }

  @Override
  public SavedRegisters savedRegisters() {
    return SAVED;
  }

  @Override
  public CurrentTask currentTask() {
    return CURRENT;
  }

  @Override
  public SystemCallShape systemCalls() {
    return SYSTEM_CALLS;
  }
}
