package org.vmi4j.profiles;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The symbols of a profile. Names and addresses are kept in two arrays, in the order of the
 * profile; the indexes by name and by address are built on first use. Safe for use by several
 * threads.
 */
public final class Symbols {
  /** No symbols. */
  public static final Symbols NONE = new SymbolsBuilder(0).build();

  /** The addresses of every 64-bit kernel have this bit set. */
  private static final long KERNEL_HALF = Long.MIN_VALUE;

  private final SymbolTable table;
  private final long delta;

  Symbols(SymbolTable table, long delta) {
    this.table = table;
    this.delta = delta;
  }

  /** Returns the address of the first symbol with a name. */
  public OptionalLong address(String name) {
    int index = table.first(name);
    return index < 0 ? OptionalLong.empty() : OptionalLong.of(address(index));
  }

  /** Returns all symbols with a name: local ones may share theirs with others. */
  public List<Symbol> all(String name) {
    List<Symbol> found = new ArrayList<>();
    for (int index = table.first(name); index >= 0; index = table.next(index)) {
      found.add(symbol(index));
    }
    return found;
  }

  /** Returns the last symbol at or before an address; the first of those that share its address. */
  public Optional<Symbol> nearest(long address) {
    int low = 0;
    int high = table.count();
    int[] order = table.byAddress();
    // Relocation keeps the order: the symbols that are kept are all below those that are relocated.
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(address(order[middle]), address) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return Optional.empty();
    }
    int found = low - 1;
    while (found > 0 && table.address(order[found - 1]) == table.address(order[found])) {
      found--;
    }
    return Optional.of(symbol(order[found]));
  }

  /** Returns the symbols whose names begin with a prefix, in the order of the profile. */
  public Stream<Symbol> withPrefix(String prefix) {
    byte[] start = SymbolTable.bytes(prefix);
    return IntStream.range(0, table.count())
        .filter(index -> table.startsWith(index, start))
        .mapToObj(this::symbol);
  }

  /** Returns all symbols, in the order of the profile. */
  public Stream<Symbol> all() {
    return IntStream.range(0, table.count()).mapToObj(this::symbol);
  }

  /** Returns how many symbols there are. */
  public int count() {
    return table.count();
  }

  /**
   * Returns these symbols relocated, for a kernel that KASLR loaded elsewhere. Symbols in the upper
   * half of the address space are relocated; if there are any, lower ones are absolute values or
   * offsets into per-CPU areas, and are kept. If there are none, as in a 32-bit kernel or in a
   * profile whose addresses are relative to the start of the kernel, all symbols are relocated.
   *
   * @param by the relocation in bytes; negative for lower addresses
   */
  public Symbols shifted(long by) {
    return new Symbols(table, delta + by);
  }

  private long address(int index) {
    long address = table.address(index);
    boolean stays = (address & KERNEL_HALF) == 0 && table.hasUpperHalf();
    return stays ? address : address + delta;
  }

  private Symbol symbol(int index) {
    return new Symbol(table.name(index), address(index), table.kind(index));
  }
}
