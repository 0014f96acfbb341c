package org.vmi4j.api.paging;

/**
 * The kind of a page table entry at a level: not present, reserved, a pointer to the next table, or
 * a page.
 *
 * @param role which of these
 * @param pageShift the binary logarithm of the page's size; 0 when it is not a page
 * @param address where the entry keeps the address of the table or page
 * @param reserved bits that must be zero
 */
record EntryKind(Role role, int pageShift, AddressField address, long reserved) {
  static final EntryKind NOT_PRESENT =
      new EntryKind(Role.NOT_PRESENT, 0, AddressField.bits(0, 1), 0);
  static final EntryKind RESERVED = new EntryKind(Role.RESERVED, 0, AddressField.bits(0, 1), 0);

  enum Role {
    NOT_PRESENT,
    RESERVED,
    TABLE,
    PAGE
  }

  static EntryKind table(AddressField address, long reserved) {
    return new EntryKind(Role.TABLE, 0, address, reserved);
  }

  static EntryKind page(int shift, AddressField address, long reserved) {
    return new EntryKind(Role.PAGE, shift, address, reserved);
  }
}
