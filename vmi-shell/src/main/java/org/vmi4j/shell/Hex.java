package org.vmi4j.shell;

/**
 * An address, to be shown in hexadecimal.
 *
 * @param value the address, unsigned
 */
record Hex(long value) {
  @Override
  public String toString() {
    return "0x" + Long.toHexString(value);
  }
}
