package org.vmi4j.xenabi;

/** A release of Xen, such as 4.17. */
public record XenRelease(int major, int minor) implements Comparable<XenRelease> {

  /** Returns whether it is this release or a later one. */
  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return compareTo(new XenRelease(otherMajor, otherMinor)) >= 0;
  }

  @Override
  public int compareTo(XenRelease other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
