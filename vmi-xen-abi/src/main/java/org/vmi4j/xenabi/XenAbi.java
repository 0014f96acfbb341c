package org.vmi4j.xenabi;

import java.util.OptionalInt;

/**
 * What differs between releases of Xen in the structures that its libraries fill in. The source is
 * {@code xen/include/public/domctl.h} of each release.
 *
 * @param archConfigOffset where in {@code struct xen_domctl_getdomaininfo} the configuration of the
 *     architecture begins, if the release has it
 */
public record XenAbi(OptionalInt archConfigOffset) {

  /** The record has 104 to 120 bytes in the releases so far. */
  public static final int DOMAIN_INFO_ROOM = 256;

  /** Returns the offsets of a release. */
  public static XenAbi of(XenRelease release) {
    if (release.isAtLeast(4, 16)) {
      return new XenAbi(OptionalInt.of(104));
    }
    return new XenAbi(release.isAtLeast(4, 11) ? OptionalInt.of(96) : OptionalInt.empty());
  }
}
