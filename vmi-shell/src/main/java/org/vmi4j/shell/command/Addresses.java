package org.vmi4j.shell.command;

import java.util.OptionalLong;
import org.vmi4j.api.VmiException;
import org.vmi4j.os.linux.LinuxSymbol;
import org.vmi4j.os.linux.LinuxSymbols;
import org.vmi4j.shell.session.Guest;

/**
 * Parses an address: {@code 0xffffffff81000000}, the same without {@code 0x} if it has eight digits
 * or more, a decimal number, or a symbol with an offset: {@code init_task+0x10}.
 */
public final class Addresses {

  private Addresses() {}

  public static long parse(Guest guest, String text) {
    OptionalLong number = number(text);
    if (number.isPresent()) {
      return number.getAsLong();
    }
    // The module comes last, after an offset too: llc_sap_open+0x10 [llc].
    int bracket = text.indexOf('[');
    String module = bracket > 0 ? " " + text.substring(bracket) : "";
    String place = bracket > 0 ? text.substring(0, bracket).strip() : text;
    int sign = Math.max(place.lastIndexOf('+'), place.lastIndexOf('-'));
    String name = sign > 0 ? place.substring(0, sign) : place;
    OptionalLong distance = sign > 0 ? number(place.substring(sign + 1)) : OptionalLong.of(0);
    OptionalLong symbol = guest.linux().symbols().address(name + module);
    if (symbol.isEmpty() || distance.isEmpty()) {
      throw new VmiException(
          "\""
              + text
              + "\" is neither an address nor a symbol of this kernel; write 0xffffffff81000000,"
              + " init_task or init_task+0x10"
              + (symbol.isEmpty() ? similar(guest.linux().symbols(), name) : ""));
    }
    return place.startsWith("-", sign)
        ? symbol.getAsLong() - distance.getAsLong()
        : symbol.getAsLong() + distance.getAsLong();
  }

  /** Returns the end of an error message that names the symbols most similar to a name. */
  public static String similar(LinuxSymbols symbols, String name) {
    return SimilarNames.hint(name.strip(), symbols.withPrefix("").map(LinuxSymbol::name));
  }

  /** Parses a number of bytes: decimal, or hexadecimal after {@code 0x}; empty if it is neither. */
  public static OptionalLong length(String text) {
    return text.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : hexadecimal(text);
  }

  /**
   * Parses an address: hexadecimal after {@code 0x} or of 8 to 16 digits, or decimal; empty if it
   * is neither.
   */
  public static OptionalLong number(String text) {
    if (text.matches("[0-9a-fA-F]{8,16}")) {
      return OptionalLong.of(Long.parseUnsignedLong(text, 16));
    }
    return length(text);
  }

  private static OptionalLong hexadecimal(String text) {
    return text.matches("0[xX][0-9a-fA-F]{1,16}")
        ? OptionalLong.of(Long.parseUnsignedLong(text.substring(2), 16))
        : OptionalLong.empty();
  }
}
