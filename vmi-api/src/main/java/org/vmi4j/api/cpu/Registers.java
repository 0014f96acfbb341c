package org.vmi4j.api.cpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.vmi4j.api.Architecture;

/**
 * What is known of one virtual processor's registers. Sources differ in what they record (QEMU's
 * dump of an AArch64 guest has no TTBR, its dump of an x86 guest no EFER), so every register may be
 * absent.
 *
 * <p>Names are those of the architecture's manual in lower case: {@code rip}, {@code cr3}, {@code
 * efer}, {@code gs_base}, {@code kernel_gs_base}, {@code idtr_base}, {@code idtr_limit}; {@code
 * pc}, {@code x0}, {@code ttbr1_el1}, {@code tcr_el1}; {@code r0}, {@code cpsr}, {@code ttbcr}.
 */
public final class Registers {
  private final Architecture architecture;
  private final Map<String, Long> values;

  /**
   * Creates a set of registers.
   *
   * @param architecture whose registers they are
   * @param values the known ones by name; the order is kept for people to read
   */
  public Registers(Architecture architecture, Map<String, Long> values) {
    this.architecture = architecture;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** Whose registers these are. */
  public Architecture architecture() {
    return architecture;
  }

  /** The value of a register, if it is known. */
  public OptionalLong value(String name) {
    Long value = values.get(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  /** All known registers, in the order in which the source gave them. */
  public Map<String, Long> values() {
    return values;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(architecture.toString());
    values.forEach(
        (name, value) -> text.append(String.format(Locale.ROOT, " %s=0x%x", name, value)));
    return text.toString();
  }
}
