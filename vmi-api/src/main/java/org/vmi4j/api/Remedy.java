package org.vmi4j.api;

/**
 * What a caller can supply or change so that an operation that failed may succeed. An error carries
 * its remedies apart from its message ({@link VmiException#remedies}), so that each program offers
 * them in its own terms: a command line as an option, a library's user as a parameter.
 */
public enum Remedy {
  /** Supply the profile of exactly the guest's kernel. */
  PROFILE,
  /** State where the hole below 4 GiB is, for a raw image of a machine with more than 2 GiB. */
  MEMORY_HOLE,
  /** Permit that the existing file is replaced. */
  OVERWRITE,
  /** Open a running machine, and not a memory image. */
  RUNNING_MACHINE,
  /** Write the machine's URI with its scheme, which selects the driver. */
  SCHEME
}
