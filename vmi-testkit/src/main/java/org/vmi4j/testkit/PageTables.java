package org.vmi4j.testkit;

import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;

/**
 * Builds page tables in a {@link MockMemory}, page by page. Tables are allocated upwards from where
 * the first one is, each when it is first needed.
 */
public final class PageTables {
  private final MockMemory memory;
  private final TableFormat format;
  private final long root;
  private long free;

  /**
   * Creates an empty top table.
   *
   * @param memory where the tables go
   * @param format their format
   * @param at the first guest-physical address that tables may take, a multiple of 64 KiB
   */
  public PageTables(MockMemory memory, TableFormat format, long at) {
    this.memory = memory;
    this.format = format;
    this.root = at;
    this.free = at + Math.max(format.tableSize(0), format.pageSize());
    memory.put(root, new byte[(int) format.tableSize(0)]);
  }

  /**
   * Maps a range of pages, readable and writable by the kernel.
   *
   * @param va its first virtual address, a multiple of the page size
   * @param pa the guest-physical address that this shows, a multiple of the page size
   * @param length in bytes; what is left of the last page is mapped too
   */
  public PageTables map(long va, long pa, long length) {
    return map(va, pa, length, format.pageFlags());
  }

  /** Maps a range of pages with other flag bits in their entries. */
  public PageTables map(long va, long pa, long length, long flags) {
    for (long at = 0; at < length; at += format.pageSize()) {
      putEntry(entryAddress(va + at), pa + at | flags);
    }
    return this;
  }

  /** The guest-physical address of the entry that maps a page; missing tables are made. */
  public long entryAddress(long va) {
    long table = root;
    for (int level = 0; ; level++) {
      long index = va >>> format.shift(level) & (1L << format.indexBits().get(level)) - 1;
      long at = table + index * format.entryBytes();
      if (level == format.indexBits().size() - 1) {
        return at;
      }
      long entry = entry(at);
      if (entry == 0) {
        entry = allocate(level + 1) | (level == 0 ? format.topFlags() : format.tableFlags());
        putEntry(at, entry);
      }
      table = entry & -format.tableSize(level + 1) & 0x000f_ffff_ffff_ffffL;
    }
  }

  private long allocate(int level) {
    long size = format.tableSize(level);
    long table = (free + size - 1) & -size;
    free = table + size;
    memory.put(table, new byte[(int) size]);
    return table;
  }

  private long entry(long at) {
    return format.entryBytes() == Long.BYTES
        ? memory.getLong(at)
        : memory.getInt(at) & 0xffff_ffffL;
  }

  private void putEntry(long at, long entry) {
    if (format.entryBytes() == Long.BYTES) {
      memory.putLong(at, entry);
    } else {
      memory.putInt(at, (int) entry);
    }
  }

  /** The guest-physical address of the top table. */
  public long root() {
    return root;
  }

  /** The first guest-physical address behind the tables. */
  public long end() {
    return free;
  }

  /** The address space of these tables in a memory that was opened from the same source. */
  public AddressSpace addressSpace(PhysicalMemory opened) {
    return AddressSpace.of(opened, format.mode(), root);
  }
}
