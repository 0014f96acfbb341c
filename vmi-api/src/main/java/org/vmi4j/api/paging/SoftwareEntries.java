package org.vmi4j.api.paging;

/**
 * What an operating system keeps in page-table entries that the processor takes for not present.
 * Given to an {@link AddressSpace} by whoever knows the operating system.
 */
public interface SoftwareEntries {

  /** An operating system about which nothing is known: such entries mean nothing. */
  SoftwareEntries NONE =
      new SoftwareEntries() {
        @Override
        public long resident(long entry, int pageShift) {
          return -1;
        }

        @Override
        public String kind(long entry, int pageShift) {
          return "";
        }
      };

  /**
   * Finds the page that an entry keeps in memory. Called on the way of every read of such a page,
   * so it allocates nothing.
   *
   * @param entry an entry that is not present and not zero
   * @param pageShift the binary logarithm of the size of the region that the entry covers
   * @return the guest-physical address of the page, or -1 when it is not in memory
   */
  long resident(long entry, int pageShift);

  /**
   * Names what an entry means, {@code "swap"} for example; the empty string when it means nothing.
   *
   * @param entry an entry that is not present and not zero
   * @param pageShift the binary logarithm of the size of the region that the entry covers
   */
  String kind(long entry, int pageShift);
}
