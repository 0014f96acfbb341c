package org.vmi4j.profiles.kallsyms;

/**
 * Where the tables of kallsyms are, as virtual addresses. Since Linux 6.0 VMCOREINFO tells them;
 * {@link KallsymsFinder} finds those of any kernel.
 *
 * @param numSyms {@code kallsyms_num_syms}
 * @param names {@code kallsyms_names}
 * @param tokenTable {@code kallsyms_token_table}
 * @param tokenIndex {@code kallsyms_token_index}
 * @param addresses where the addresses come from
 */
public record KallsymsTables(
    long numSyms, long names, long tokenTable, long tokenIndex, Addresses addresses) {

  /** The two ways in which kernels keep addresses. */
  public sealed interface Addresses permits Absolute, Relative {}

  /**
   * Whole addresses: before Linux 4.6, and without CONFIG_KALLSYMS_BASE_RELATIVE.
   *
   * @param table {@code kallsyms_addresses}
   * @param pointerSize bytes in each, 4 or 8
   */
  public record Absolute(long table, int pointerSize) implements Addresses {}

  /**
   * Offsets of 32 bits from a base, with or without CONFIG_KALLSYMS_ABSOLUTE_PERCPU.
   *
   * @param offsets {@code kallsyms_offsets}
   * @param relativeBase {@code kallsyms_relative_base}
   * @param pointerSize bytes in the base, 4 or 8
   */
  public record Relative(long offsets, long relativeBase, int pointerSize) implements Addresses {}

  @Override
  public String toString() {
    return "kallsyms with names at 0x" + Long.toHexString(names);
  }
}
