package org.vmi4j.api.paging;

import java.util.List;
import java.util.OptionalLong;

/**
 * The result of a virtual address, with every entry that was read on the way. Made for who wants to
 * see the walk; a plain read uses {@link AddressSpace#lookup}.
 */
public sealed interface Translation {

  /** The virtual address that was translated. */
  long va();

  /** The entries that were read, from the top table down. */
  List<Entry> entries();

  /** The guest-physical address, where there is one. */
  default OptionalLong physical() {
    return OptionalLong.empty();
  }

  /** The end of an error message that begins with the address: why it has no memory. */
  String explanation();

  /**
   * The address is mapped.
   *
   * @param pa the guest-physical address
   * @param pageSize the size of the page around it, in bytes
   * @param access what the entries permit
   */
  record Mapped(long va, long pa, long pageSize, Access access, List<Entry> entries)
      implements Translation {

    @Override
    public OptionalLong physical() {
      return OptionalLong.of(pa);
    }

    @Override
    public String explanation() {
      return "mapped to physical address 0x" + Long.toHexString(pa);
    }
  }

  /**
   * The last entry is not present.
   *
   * @param span the size of the region that this one entry leaves unmapped, in bytes
   */
  record NotPresent(long va, long span, List<Entry> entries) implements Translation {

    @Override
    public String explanation() {
      return "not mapped: " + last(entries);
    }
  }

  /**
   * The last entry is not present for the processor, and means something to the operating system.
   *
   * @param kind what it means: {@code "swap"}, {@code "PROTNONE"}
   * @param pa the guest-physical address, when the page is in memory all the same
   * @param span the size of the region that this one entry covers, in bytes
   */
  record Software(long va, String kind, OptionalLong pa, long span, List<Entry> entries)
      implements Translation {

    @Override
    public OptionalLong physical() {
      return pa;
    }

    @Override
    public String explanation() {
      return "a software entry (" + kind + "): " + last(entries);
    }
  }

  /** The last entry sets bits, or is of a kind, that the architecture reserves at its level. */
  record Reserved(long va, long span, List<Entry> entries) implements Translation {

    @Override
    public String explanation() {
      return "an entry with reserved bits: " + last(entries);
    }
  }

  /**
   * The walk led to a table where the machine has no memory.
   *
   * @param level the name of the level of that table
   * @param table the guest-physical address of the entry that could not be read
   */
  record TableAbsent(long va, String level, long table, long span, List<Entry> entries)
      implements Translation {

    @Override
    public String explanation() {
      return "the "
          + level
          + " table at physical address 0x"
          + Long.toHexString(table)
          + " lies outside memory";
    }
  }

  /**
   * No table covers the address: it is not canonical, or larger than the address space.
   *
   * @param rule the rule that it breaks, in words
   */
  record NonCanonical(long va, String rule) implements Translation {

    @Override
    public List<Entry> entries() {
      return List.of();
    }

    @Override
    public String explanation() {
      return "not an address of this space: " + rule;
    }
  }

  private static String last(List<Entry> entries) {
    return entries.get(entries.size() - 1).toString();
  }
}
