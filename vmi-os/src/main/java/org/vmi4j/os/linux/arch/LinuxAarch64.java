package org.vmi4j.os.linux.arch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.ArmAddressSpaces;
import org.vmi4j.api.paging.SoftwareEntries;
import org.vmi4j.os.linux.vmcoreinfo.VmcoreInfo;

/** Linux on AArch64. */
final class LinuxAarch64 implements LinuxArch {
  static final LinuxAarch64 ARCH = new LinuxAarch64();

  /** TBI0: Linux lets programs use the top byte of their addresses. */
  private static final long TCR_TBI0 = 1L << 37;

  /**
   * With page-table isolation the user's table, tramp_pg_dir, lies one or two pages before the
   * kernel's, swapper_pg_dir (arch/arm64/kernel/vmlinux.lds.S of Linux 5.10 to 6.12).
   */
  private static final int USER_TABLE_PAGES = 2;

  /**
   * A kernel built for 52 bits places its image where 48-bit processors can map it (VA_BITS_MIN).
   */
  private static final int IMAGE_BITS = 48;

  /**
   * The image lies among everything that the kernel maps, but few contiguous mappings there hold
   * code: modules are allocated page by page, and devices hold none. The image is contiguous
   * (Documentation/arch/arm64/booting.rst), and its code and constants are larger than this in
   * every kernel that carries its types.
   */
  private static final long IMAGE_PIECE = 4 << 20;

  /** MIN_THREAD_SHIFT without KASAN, which increases it (asm/memory.h). */
  private static final int LEAST_STACK = 1 << 14;

  /** PSTATE.M: all zero at EL0 in 64-bit mode. */
  private static final int LEVEL_AND_WIDTH = 0x1f;

  private static final SavedRegisters SAVED =
      new SavedRegisters(
          LEAST_STACK,
          List.of(0),
          Map.of(Arm64.TPIDR_EL0, "thread.uw.tp_value"),
          values -> (values.getOr(Arm64.PSTATE, -1) & LEVEL_AND_WIDTH) == 0);

  /** TTBR0_EL1 without ASID and CnP: Arm ARM, D24.2. */
  private static final long TTBR_ROOT = 0x0000_ffff_ffff_fffeL;

  /** PSTATE.M: the exception level. */
  private static final int LEVEL = 3 << 2;

  /**
   * arch/arm64/include/asm/current.h, and arch/arm64/kernel/entry.S: at the entry from a program
   * SP_EL0, its stack, is replaced by __entry_task. With page-table isolation TTBR0_EL1 is the same
   * in both modes.
   */
  private static final CurrentTask CURRENT =
      new CurrentTask(
          Optional.of(Arm64.SP_EL0),
          List.of("__entry_task"),
          List.of(),
          Arm64.TTBR0_EL1,
          TTBR_ROOT,
          0,
          LinuxAarch64::inKernel);

  /** The arguments of programs of both widths. */
  private static final List<String> ARGUMENTS =
      List.of("regs[0]", "regs[1]", "regs[2]", "regs[3]", "regs[4]", "regs[5]");

  /** arch/arm64/include/asm/syscall_wrapper.h, compat_user_mode of asm/ptrace.h. */
  private static final SystemCallShape SYSTEM_CALLS =
      new SystemCallShape(
          Map.of(
              "__arm64_sys_", List.of(Architecture.AARCH64, Architecture.ARM),
              "__arm64_compat_sys_", List.of(Architecture.ARM)),
          Map.of(Architecture.AARCH64, ARGUMENTS, Architecture.ARM, ARGUMENTS),
          Arm64.X0,
          Arm64.X0,
          new SystemCallShape.Mark(SystemCallShape.Place.REGISTERS, "pstate", 1 << 4));

  private LinuxAarch64() {}

  private static boolean inKernel(EventRegisters registers) {
    return registers.has(Arm64.PSTATE)
        ? (registers.get(Arm64.PSTATE) & LEVEL) != 0
        : registers.has(Arm64.PC) && registers.get(Arm64.PC) < 0;
  }

  @Override
  public Architecture architecture() {
    return Architecture.AARCH64;
  }

  @Override
  public Architecture narrow() {
    return Architecture.ARM;
  }

  @Override
  public boolean isNotedIn(VmcoreInfo info) {
    return info.number("kimage_voffset").isPresent();
  }

  @Override
  public Optional<AddressSpace> kernelSpace(PhysicalMemory memory, VmcoreInfo info) {
    OptionalLong top = info.topTable();
    OptionalLong offset = info.number("kimage_voffset");
    OptionalLong tcr = tcr(info);
    return top.isPresent() && offset.isPresent() && tcr.isPresent()
        ? Optional.of(
            ArmAddressSpaces.aarch64(
                memory, 0, top.getAsLong() - offset.getAsLong(), tcr.getAsLong()))
        : Optional.empty();
  }

  /** {@inheritDoc} The kernel has page tables of its own, separate from those of processes. */
  @Override
  public Optional<AddressSpace> kernelSpace(AddressSpace seen, VmcoreInfo info) {
    return Optional.empty();
  }

  /**
   * TCR_EL1 as arch/arm64/mm/proc.S sets it: sizes and granules, which TG0 and TG1 encode
   * differently.
   */
  private static OptionalLong tcr(VmcoreInfo info) {
    OptionalLong size = info.number("TCR_EL1_T1SZ");
    if (size.isEmpty() && info.number("VA_BITS").isPresent()) {
      size = OptionalLong.of(Long.SIZE - info.number("VA_BITS").getAsLong());
    }
    long granules =
        switch (info.text("PAGESIZE").orElse("")) {
          case "4096" -> 2L << 30;
          case "16384" -> 2L << 14 | 1L << 30;
          case "65536" -> 1L << 14 | 3L << 30;
          default -> 0;
        };
    return size.isPresent() && granules != 0 && size.getAsLong() >>> 6 == 0
        ? OptionalLong.of(size.getAsLong() | size.getAsLong() << 16 | granules | TCR_TBI0)
        : OptionalLong.empty();
  }

  @Override
  public SoftwareEntries softwareEntries(PhysicalMemory memory, VmcoreInfo info) {
    return LinuxSoftwareEntries.aarch64(info.text("OSRELEASE").orElse(""));
  }

  @Override
  public Register tableRegister() {
    return Arm64.TTBR1_EL1;
  }

  @Override
  public Register controlRegister() {
    return Arm64.TCR_EL1;
  }

  /**
   * {@inheritDoc} The lower half of the kernel's addresses is the linear map of all memory, the
   * upper half maps the image.
   */
  @Override
  public Stream<ProcessorTables> tables(PhysicalMemory memory, long table, long control) {
    try {
      int bits = Math.min(ArmAddressSpaces.aarch64HighBits(control), IMAGE_BITS);
      long page = ArmAddressSpaces.aarch64HighPageSize(control);
      return IntStream.rangeClosed(0, USER_TABLE_PAGES)
          .mapToObj(behind -> ArmAddressSpaces.aarch64(memory, 0, table + behind * page, control))
          .map(space -> new ProcessorTables(space, lowest(bits), -1L, IMAGE_PIECE))
          .toList()
          .stream();
    } catch (VmiException notSetUp) {
      // The processor is still in reset: no address space to search.
      return Stream.empty();
    }
  }

  private static long lowest(int bits) {
    return -1L << bits - 1;
  }

  @Override
  public long imageStart(VmcoreInfo info) {
    return info.symbol("_stext").orElse(lowest(IMAGE_BITS));
  }

  /** {@inheritDoc} On AArch64 KASLR relocates the image in virtual memory only. */
  @Override
  public long physicalOffset(VmcoreInfo info) {
    return 0;
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
