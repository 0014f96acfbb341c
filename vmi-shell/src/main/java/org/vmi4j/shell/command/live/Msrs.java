package org.vmi4j.shell.command.live;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.vmi4j.shell.command.Addresses;

/** The names of model-specific registers: Intel SDM volume 4, table 2-2. */
final class Msrs {
  private static final String PREFIX = "ia32_";

  private static final Map<String, Integer> NUMBERS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("tsc", 0x10),
              Map.entry("apic_base", 0x1b),
              Map.entry("feature_control", 0x3a),
              Map.entry("spec_ctrl", 0x48),
              Map.entry("sysenter_cs", 0x174),
              Map.entry("sysenter_esp", 0x175),
              Map.entry("sysenter_eip", 0x176),
              Map.entry("misc_enable", 0x1a0),
              Map.entry("debugctl", 0x1d9),
              Map.entry("pat", 0x277),
              Map.entry("tsc_deadline", 0x6e0),
              Map.entry("xss", 0xda0),
              Map.entry("efer", 0xc000_0080),
              Map.entry("star", 0xc000_0081),
              Map.entry("lstar", 0xc000_0082),
              Map.entry("cstar", 0xc000_0083),
              Map.entry("fmask", 0xc000_0084),
              Map.entry("fs_base", 0xc000_0100),
              Map.entry("gs_base", 0xc000_0101),
              Map.entry("kernel_gs_base", 0xc000_0102),
              Map.entry("tsc_aux", 0xc000_0103)));

  private Msrs() {}

  /** Returns the number of a register, by its name or its number; empty if it is neither. */
  static OptionalInt parse(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    Integer named = NUMBERS.get(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
    if (named != null) {
      return OptionalInt.of(named);
    }
    OptionalLong number = Addresses.number(text);
    return number.isPresent() && number.getAsLong() >>> Integer.SIZE == 0
        ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }

  /** Returns all names, for an error message. */
  static String names() {
    return String.join(", ", NUMBERS.keySet());
  }
}
