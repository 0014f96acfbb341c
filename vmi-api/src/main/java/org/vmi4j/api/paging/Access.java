package org.vmi4j.api.paging;

/**
 * What a translation permits, over all levels of its walk.
 *
 * @param read data may be read
 * @param write data may be written
 * @param execute instructions may be fetched (by the kernel, where the architecture tells kernel
 *     from user)
 * @param user unprivileged code may use the page
 */
public record Access(boolean read, boolean write, boolean execute, boolean user) {

  /** As {@code "rwxu"}, with a hyphen for what is not permitted. */
  @Override
  public String toString() {
    return (read ? "r" : "-") + (write ? "w" : "-") + (execute ? "x" : "-") + (user ? "u" : "-");
  }
}
