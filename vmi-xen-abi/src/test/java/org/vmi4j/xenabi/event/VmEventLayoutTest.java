package org.vmi4j.xenabi.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Arm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.xenabi.XenRelease;

/** Every field of every release lies where the compiler puts that of Xen's header. */
class VmEventLayoutTest {
  private static final String X86_BLOCK = "data.regs.x86.";
  private static final String ARM_BLOCK = "data.regs.arm.";

  private final Offsets offsets;

  VmEventLayoutTest() throws IOException {
    offsets = new Offsets();
  }

  static Stream<XenRelease> releases() {
    return IntStream.rangeClosed(8, 22).mapToObj(minor -> new XenRelease(4, minor));
  }

  private static final Map<String, ToLongFunction<VmEventSlot>> FIELDS = fields();

  private static Map<String, ToLongFunction<VmEventSlot>> fields() {
    Map<String, ToLongFunction<VmEventSlot>> all = new LinkedHashMap<>();
    all.put("version", VmEventSlot::version);
    all.put("flags", VmEventSlot::flags);
    all.put("reason", VmEventSlot::reason);
    all.put("vcpu_id", VmEventSlot::vcpu);
    for (String kind :
        new String[] {"mem_access", "singlestep", "software_breakpoint", "debug_exception"}) {
      all.put("u." + kind + ".gfn", VmEventSlot::frame);
    }
    all.put("u.mem_access.offset", VmEventSlot::offset);
    all.put("u.mem_access.gla", VmEventSlot::virtualAddress);
    all.put("u.write_ctrlreg.index", VmEventSlot::controlRegister);
    all.put("u.write_ctrlreg.new_value", VmEventSlot::newValue);
    all.put("u.write_ctrlreg.old_value", VmEventSlot::oldValue);
    all.put("u.mov_to_msr.msr", VmEventSlot::msr);
    all.put("u.mov_to_msr.value", VmEventSlot::newValue);
    all.put("u.mov_to_msr.new_value", VmEventSlot::newValue);
    all.put("u.mov_to_msr.old_value", VmEventSlot::oldMsr);
    for (String kind : new String[] {"software_breakpoint", "debug_exception"}) {
      all.put("u." + kind + ".pending_dbg", VmEventSlot::pendingDebug);
      all.put("u." + kind + ".insn_length", VmEventSlot::instructionLength);
      all.put("u." + kind + ".type", VmEventSlot::exceptionType);
    }
    all.put("u.cpuid.insn_length", VmEventSlot::cpuidLength);
    all.put("u.cpuid.leaf", VmEventSlot::cpuidLeaf);
    all.put("u.cpuid.subleaf", VmEventSlot::cpuidSubleaf);
    all.put("u.interrupt.x86.vector", VmEventSlot::interruptVector);
    all.put("u.interrupt.x86.type", VmEventSlot::interruptType);
    all.put("u.interrupt.x86.error_code", VmEventSlot::interruptErrorCode);
    all.put("u.interrupt.x86.cr2", VmEventSlot::interruptFaultAddress);
    all.put("u.desc_access.descriptor", VmEventSlot::descriptor);
    all.put("u.vmexit.arch.vmx.reason", VmEventSlot::exitReason);
    all.put("u.vmexit.arch.vmx.qualification", VmEventSlot::exitQualification);
    all.put("u.io.port", VmEventSlot::port);
    all.put("u.io.bytes", VmEventSlot::portBytes);
    return all;
  }

  /** A number that fits the field, and no other place holds. */
  private static long put(VmEventSlot slot, Offsets.Place place) {
    for (int at = 0; at < slot.bytes().capacity(); at++) {
      slot.bytes().put(at, (byte) 0);
    }
    for (int i = 0; i < place.size(); i++) {
      slot.bytes().put(place.offset() + i, (byte) (i + 1));
    }
    return 0x0807_0605_0403_0201L & -1L >>> Long.SIZE - place.size() * Byte.SIZE;
  }

  @ParameterizedTest
  @MethodSource("releases")
  void everyFieldOfAReasonHasItsPlace(XenRelease release) {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.of(release));
    FIELDS.forEach(
        (field, reader) ->
            offsets
                .find(field, release)
                .ifPresent(
                    place -> {
                      long expected = put(slot, place);
                      long read = reader.applyAsLong(slot);
                      boolean narrowed = place.size() == Long.BYTES && read >>> 32 == 0;
                      assertThat(read)
                          .as(field)
                          .isEqualTo(narrowed ? expected & 0xffff_ffffL : expected);
                    }));
  }

  @ParameterizedTest
  @MethodSource("releases")
  void everyFlagHasItsPlace(XenRelease release) {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.of(release));
    put(slot, offsets.find("altp2m_idx", release).orElseThrow());
    assertThat(slot.view()).isZero();
    slot.bytes().putInt(4, VmEventFlags.ALTERNATE_P2M);
    assertThat(slot.view()).isEqualTo(0x0201);

    int access = offsets.find("u.mem_access.flags", release).orElseThrow().offset();
    for (int flag : new int[] {1, 2, 4, 8, 32}) {
      slot.bytes().putInt(access, flag);
      assertThat(slot.isRead()).isEqualTo(flag == 1);
      assertThat(slot.isWrite()).isEqualTo(flag == 2);
      assertThat(slot.isExecute()).isEqualTo(flag == 4);
      assertThat(slot.isVirtualAddressValid()).isEqualTo(flag == 8);
      assertThat(slot.isWalk()).isEqualTo(flag == 32);
    }
    Map<String, ToLongFunction<VmEventSlot>> flags =
        Map.of(
            "u.desc_access.is_write", each -> each.isDescriptorWrite() ? 1 : 0,
            "u.io.in", each -> each.isPortIn() ? 1 : 0,
            "u.io.str", each -> each.isPortString() ? 1 : 0);
    flags.forEach(
        (field, reader) ->
            offsets
                .find(field, release)
                .ifPresent(
                    place -> {
                      put(slot, place);
                      assertThat(reader.applyAsLong(slot)).as(field).isEqualTo(1);
                      slot.bytes().put(place.offset(), (byte) 0);
                      assertThat(reader.applyAsLong(slot)).as(field).isZero();
                    }));
  }

  @ParameterizedTest
  @MethodSource("releases")
  void theSizeAndTheVersionAreThoseOfTheRelease(XenRelease release) {
    Offsets.Place size = offsets.find("size", release).orElseThrow();
    assertThat(VmEventLayout.of(release).size()).isEqualTo(size.offset());
    assertThat(VmEventLayout.of(release).version()).isEqualTo(size.size());
  }

  private static Optional<Register> register(String field) {
    if (field.startsWith(ARM_BLOCK)) {
      return Register.named(
          Architecture.AARCH64,
          switch (field.substring(ARM_BLOCK.length())) {
            case "ttbr0" -> "ttbr0_el1";
            case "ttbr1" -> "ttbr1_el1";
            case "ttbcr" -> "tcr_el1";
            case "cpsr" -> "pstate";
            default -> "pc";
          });
    }
    if (!field.startsWith(X86_BLOCK)) {
      return Optional.empty();
    }
    String name = field.substring(X86_BLOCK.length());
    return switch (name) {
      case "npt_base", "vmtrace_pos", "cs_arbytes" -> Optional.empty();
      case "msr_efer", "msr_star", "msr_lstar" ->
          Register.named(Architecture.X86_64, name.substring(4));
      case "shadow_gs" -> Optional.of(X86.KERNEL_GS_BASE);
      case "cs", "ss", "ds", "es", "fs", "gs" ->
          Register.named(Architecture.X86_64, name + "_limit");
      default -> Register.named(Architecture.X86_64, name.replace("_sel", ""));
    };
  }

  @ParameterizedTest
  @MethodSource("releases")
  void everyRegisterHasItsPlace(XenRelease release) {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.of(release));
    int found = 0;
    for (String field : offsets.fields()) {
      Optional<Register> register = register(field);
      if (register.isEmpty()) {
        continue;
      }
      Architecture architecture =
          field.startsWith(ARM_BLOCK) ? Architecture.AARCH64 : Architecture.X86_64;
      VmEventRegisters registers = new VmEventRegisters(slot, architecture);
      Optional<Offsets.Place> place = offsets.find(field, release);
      assertThat(registers.has(register.get())).as(field).isEqualTo(place.isPresent());
      if (place.isEmpty()) {
        assertThatThrownBy(() -> registers.get(register.get()))
            .isInstanceOf(VmiException.class)
            .hasMessageContaining(register.get().label());
        continue;
      }
      long expected = put(slot, place.get());
      if (register.get().label().endsWith("_limit") && place.get().size() == Integer.BYTES) {
        expected &= 0xfffff;
      }
      assertThat(registers.get(register.get())).as(field).isEqualTo(expected);
      RegisterValues all = new RegisterValues(architecture);
      registers.readAll(all);
      assertThat(all.get(register.get())).as(field).isEqualTo(expected);
      found++;
    }
    assertThat(found).isGreaterThanOrEqualTo(30);
  }

  @Test
  void aLimitInPagesIsOneInBytes() {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.ofVersion(7));
    VmEventRegisters registers = new VmEventRegisters(slot, Architecture.X86_64);
    slot.bytes().putInt(352, 0x00b0_ffff | 0xa000_0000);
    assertThat(registers.get(X86.CS_LIMIT)).isEqualTo(0x0ffff_fffL);
    slot.bytes().putInt(356, 0x0012_3456);
    assertThat(registers.get(X86.SS_LIMIT)).isEqualTo(0x23456);
  }

  @Test
  void aResponseSetsWhatXenTakesAndRefusesTheRest() {
    for (int version = 1; version <= VmEventLayout.NEWEST; version++) {
      VmEventSlot slot = new VmEventSlot(VmEventLayout.ofVersion(version));
      VmEventRegisters registers = new VmEventRegisters(slot, Architecture.X86_64);
      RegisterValues values =
          new RegisterValues(Architecture.X86_64)
              .set(X86.RAX, 1)
              .set(X86.R15, 2)
              .set(X86.RIP, 3)
              .set(X86.RFLAGS, 4);
      assertThat(registers.canSet(values)).isTrue();
      registers.set(values);
      values.forEach((register, value) -> assertThat(registers.get(register)).isEqualTo(value));
      RegisterValues other = new RegisterValues(Architecture.X86_64).set(X86.CR3, 1);
      assertThat(registers.canSet(other)).isFalse();
      assertThatThrownBy(() -> registers.check(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cr3");
    }
  }

  @Test
  void guestsOf32BitsHaveTheirRegisters() {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.of(new XenRelease(4, 17)));
    VmEventRegisters x86 = new VmEventRegisters(slot, Architecture.X86);
    slot.bytes().putLong(56, 0x1234).putLong(208, 0x5678);
    RegisterValues values = new RegisterValues(Architecture.X86);
    x86.readAll(values);
    assertThat(values.get(X86.RAX)).isEqualTo(0x1234);
    assertThat(values.get(X86.RIP)).isEqualTo(0x5678);
    assertThat(x86.has(X86.R8)).isFalse();
    assertThat(x86.has(Arm64.PC)).isFalse();

    VmEventRegisters arm = new VmEventRegisters(slot, Architecture.ARM);
    slot.bytes().putLong(64, 0x7000).putLong(80, 0x8000).putLong(88, 0x13);
    values = new RegisterValues(Architecture.ARM);
    arm.readAll(values);
    assertThat(values.get(Arm.TTBR1)).isEqualTo(0x7000);
    assertThat(values.get(Arm.PC)).isEqualTo(0x8000);
    assertThat(values.get(Arm.CPSR)).isEqualTo(0x13);
    assertThat(arm.has(X86.RAX)).isFalse();
  }

  @Test
  void theFirstVersionHasNoLengthOfABreakpoint() {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.ofVersion(1));
    assertThat(slot.instructionLength()).isEqualTo(1);
    assertThat(slot.exceptionType()).isEqualTo(6);
    assertThatThrownBy(() -> VmEventLayout.ofVersion(8))
        .isInstanceOf(VmiException.class)
        .hasMessageContaining("version 8");
  }

  @Test
  void aResponseKeepsWhatTheRequestHoldsButItsFlags() {
    VmEventSlot slot = new VmEventSlot(VmEventLayout.ofVersion(7));
    for (int at = 0; at < slot.bytes().capacity(); at++) {
      slot.bytes().put(at, (byte) at);
    }
    slot.bytes().putInt(4, 0x1083);
    slot.respond(VmEventFlags.DENY | VmEventFlags.ALTERNATE_P2M);
    slot.setView(2);
    assertThat(slot.flags()).isEqualTo(1 | 1 << 6 | 1 << 7);
    assertThat(slot.view()).isEqualTo(2);
    assertThat(slot.version()).isEqualTo(0x03020100);
    assertThat(slot.bytes().get(24)).isEqualTo((byte) 24);
    slot.setViewAfterStep(3);
    assertThat(slot.bytes().getShort(24)).isEqualTo((short) 3);
    slot.release(5);
    assertThat(slot.version()).isEqualTo(7);
    assertThat(slot.vcpu()).isEqualTo(5);
    assertThat(slot.flags()).isEqualTo(1);
    assertThat(slot.reason()).isZero();
  }
}
