package org.vmi4j.shell.command;

/**
 * An address, to be shown in hexadecimal.
 *
 * @param value the address, unsigned
 */
public record Hex(long value) {
  @Override
  public String toString() {
    return "0x" + Long.toHexString(value);
  }
}
