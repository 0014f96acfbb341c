package org.vmi4j.api.paging;

/**
 * The kind of a page table entry at a level: not present, reserved, a pointer to the next table, or
 * a page.
 *
 * @param kind which of these
 * @param pageShift the binary logarithm of the page's size; 0 when it is not a page
 * @param address where the entry keeps the address of the table or page
 * @param reserved bits that must be zero
 */
record Form(Kind kind, int pageShift, AddressField address, long reserved) {
  static final Form NOT_PRESENT = new Form(Kind.NOT_PRESENT, 0, AddressField.bits(0, 1), 0);
  static final Form RESERVED = new Form(Kind.RESERVED, 0, AddressField.bits(0, 1), 0);

  enum Kind {
    NOT_PRESENT,
    RESERVED,
    TABLE,
    PAGE
  }

  static Form table(AddressField address, long reserved) {
    return new Form(Kind.TABLE, 0, address, reserved);
  }

  static Form page(int shift, AddressField address, long reserved) {
    return new Form(Kind.PAGE, shift, address, reserved);
  }
}
