package org.vmi4j.profiles;

/**
 * A symbol of the guest's kernel.
 *
 * @param name its name
 * @param address its address
 * @param kind its letter as nm(1) prints it ({@code T} text, {@code D} data, lower case when
 *     local), or {@link #UNKNOWN}
 */
public record Symbol(String name, long address, char kind) {
  /** The kind of a symbol whose kind is not known. */
  public static final char UNKNOWN = '?';

  /** Returns an address as an offset from this symbol: {@code schedule+0x1c}. */
  public String describe(long at) {
    return at == address ? name : name + "+0x" + Long.toHexString(at - address);
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(address) + " " + kind + " " + name;
  }
}
