package org.vmi4j.profiles.kallsyms;

/**
 * The virtual addresses of the tables of kallsyms. VMCOREINFO contains them since Linux 6.0; {@link
 * KallsymsFinder} finds those of any kernel.
 *
 * @param numSyms {@code kallsyms_num_syms}
 * @param names {@code kallsyms_names}
 * @param tokenTable {@code kallsyms_token_table}
 * @param tokenIndex {@code kallsyms_token_index}
 * @param addresses the encoding and location of the addresses
 */
public record KallsymsTables(
    long numSyms, long names, long tokenTable, long tokenIndex, Addresses addresses) {

  /** The encodings of addresses (kernel/kallsyms.c, scripts/kallsyms.c). */
  public sealed interface Addresses permits Absolute, Relative, PlaceRelative {}

  /**
   * Whole addresses: before Linux 4.6, without CONFIG_KALLSYMS_BASE_RELATIVE, and since Linux 7.0
   * in 32-bit kernels that are not relocatable.
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

  /**
   * Signed offsets of 32 bits, each from its own entry: since Linux 7.0.
   *
   * @param offsets {@code kallsyms_offsets}
   * @param pointerSize bytes in an address, 4 or 8
   */
  public record PlaceRelative(long offsets, int pointerSize) implements Addresses {}

  @Override
  public String toString() {
    return "kallsyms with names at 0x" + Long.toHexString(names);
  }
}
