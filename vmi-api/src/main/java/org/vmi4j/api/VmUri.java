package org.vmi4j.api;

import java.util.Locale;

/**
 * The address of a virtual machine: the scheme that selects a driver, and what that driver makes of
 * the rest, as in {@code file:guest.elf}.
 *
 * @param scheme the scheme, in lower case
 * @param rest everything behind the first colon, untouched
 */
public record VmUri(String scheme, String rest) {

  /**
   * Takes a URI apart.
   *
   * @throws VmiException if the text has no scheme
   */
  public static VmUri parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || text.substring(0, colon).contains("/")) {
      throw new VmiException(
          "\"" + text + "\" names no machine: it has no scheme in front of a colon", Remedy.SCHEME);
    }
    return new VmUri(text.substring(0, colon).toLowerCase(Locale.ROOT), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return scheme + ":" + rest;
  }
}
