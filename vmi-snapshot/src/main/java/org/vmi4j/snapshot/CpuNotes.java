package org.vmi4j.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.api.dump.ProcessorNotes;

/**
 * The processors in the notes of core dumps. Of QEMU's: for x86 the note "QEMU" with all of a
 * processor's state (QEMUCPUState in target/i386/arch_dump.c), for AArch64 the general registers of
 * NT_PRSTATUS (elf_gregset_t of the Linux ABI). Of our own: the note that has every register that
 * was known, and is taken before the others.
 */
final class CpuNotes {
  private static final int PRSTATUS = 1;
  private static final int PRSTATUS_AARCH64_REGISTERS = 112;
  private static final int PRSTATUS_AARCH64_SIZE = PRSTATUS_AARCH64_REGISTERS + 34 * Long.BYTES;

  /** Without the kernel's GS base at the end, which QEMU writes since 3.0. */
  private static final int QEMU_X86_SIZE = 0x1b0;

  private static final int MAX_OWN = 1 << 16;
  private static final Pattern OWN_LINE =
      Pattern.compile("^([a-z][a-z0-9_]{0,31})=([0-9a-f]{1,16})$", Pattern.MULTILINE);

  private static final String[] X86_GENERAL = {
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15", "rip", "rflags"
  };
  private static final String[] X86_SEGMENTS = {
    "cs", "ds", "es", "fs", "gs", "ss", "ldtr", "tr", "gdtr", "idtr"
  };

  private CpuNotes() {}

  static List<Registers> read(ByteBuffer notes, Architecture architecture) {
    List<Registers> vcpus = new ArrayList<>();
    List<Registers> own = new ArrayList<>();
    boolean isX86 = architecture == Architecture.X86 || architecture == Architecture.X86_64;
    ElfNotes.forEach(
        notes,
        (name, type, content) -> {
          if (name.equals(ProcessorNotes.OWN) && type == ProcessorNotes.OWN_TYPE) {
            own(content, architecture).ifPresent(own::add);
          } else if (name.equals("QEMU") && content.limit() >= QEMU_X86_SIZE && isX86) {
            vcpus.add(x86(content, architecture));
          } else if (architecture == Architecture.AARCH64
              && name.equals("CORE")
              && type == PRSTATUS
              && content.limit() >= PRSTATUS_AARCH64_SIZE) {
            vcpus.add(aarch64(content));
          }
        });
    return own.isEmpty() ? vcpus : own;
  }

  /** Lines that are not as {@link ProcessorNotes#OWN} says are passed over. */
  private static Optional<Registers> own(ByteBuffer content, Architecture architecture) {
    Map<String, Long> values = new LinkedHashMap<>();
    if (content.limit() <= MAX_OWN) {
      Matcher line = OWN_LINE.matcher(StandardCharsets.ISO_8859_1.decode(content));
      while (line.find()) {
        values.put(line.group(1), Long.parseUnsignedLong(line.group(2), 16));
      }
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(new Registers(architecture, values));
  }

  private static Registers x86(ByteBuffer state, Architecture architecture) {
    Map<String, Long> values = new LinkedHashMap<>();
    int at = 8;
    for (String name : X86_GENERAL) {
      values.put(name, state.getLong(at));
      at += Long.BYTES;
    }
    for (String name : X86_SEGMENTS) {
      values.put(name, state.getInt(at) & 0xffff_ffffL);
      values.put(name + "_limit", state.getInt(at + 4) & 0xffff_ffffL);
      values.put(name + "_base", state.getLong(at + 16));
      at += 24;
    }
    for (int i = 0; i < 5; i++) {
      if (i != 1) {
        values.put("cr" + i, state.getLong(at + i * Long.BYTES));
      }
    }
    if (state.limit() >= QEMU_X86_SIZE + Long.BYTES) {
      values.put("kernel_gs_base", state.getLong(at + 5 * Long.BYTES));
    }
    return new Registers(architecture, values);
  }

  private static Registers aarch64(ByteBuffer status) {
    Map<String, Long> values = new LinkedHashMap<>();
    int at = PRSTATUS_AARCH64_REGISTERS;
    for (int i = 0; i < 34; i++) {
      String name =
          i < 31
              ? String.format(Locale.ROOT, "x%d", i)
              : i == 31 ? "sp" : i == 32 ? "pc" : "pstate";
      values.put(name, status.getLong(at));
      at += Long.BYTES;
    }
    return new Registers(Architecture.AARCH64, values);
  }
}
