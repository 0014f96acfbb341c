package org.vmi4j.os.linux.vmcoreinfo;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.vmi4j.api.Progress;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;

/**
 * The notes that a Linux kernel keeps in its memory for readers of its crash dump:
 * Documentation/admin-guide/kdump/vmcoreinfo.rst. They are at the start of a page, or after the
 * 24-byte header of an ELF note.
 */
public final class VmcoreInfo {
  private static final int PAGE = 4096;
  private static final int NOTE_HEAD = 24;

  /** The text's first eight bytes, {@code "OSRELEAS"}, as a little-endian number. */
  private static final long BEGINNING = 0x5341_454c_4552_534fL;

  private final String text;
  private final Map<String, String> values;
  private final long address;

  private VmcoreInfo(String text, Map<String, String> values, long address) {
    this.text = text;
    this.values = values;
    this.address = address;
  }

  /** Searches for the notes, page by page. */
  public static Optional<VmcoreInfo> find(PhysicalMemory memory, Progress progress) {
    VmcoreInfo[] found = new VmcoreInfo[1];
    long end = memory.end();
    memory.forEachDataExtent(
        0,
        end,
        (base, bytes) -> {
          progress.advance(base, end);
          int first = (int) (-base & PAGE - 1);
          for (int at = first; at <= bytes.limit() - PAGE && found[0] == null; at += PAGE) {
            boolean text = bytes.getLong(at) == BEGINNING;
            if (text || bytes.getLong(at + NOTE_HEAD) == BEGINNING) {
              long address = base + at + (text ? 0 : NOTE_HEAD);
              found[0] = parse(memory, address).orElse(null);
            }
          }
          return found[0] == null;
        });
    return Optional.ofNullable(found[0]);
  }

  /**
   * Reads the notes at an address of the kernel, with or without the ELF note header; empty if
   * there are none.
   */
  public static Optional<VmcoreInfo> at(AddressSpace space, long va) {
    long lookup = space.lookup(va);
    if (!Lookup.isMapped(lookup)) {
      return Optional.empty();
    }
    PhysicalMemory memory = space.physicalMemory();
    long address = Lookup.physical(lookup);
    return parse(memory, address).or(() -> parse(memory, address + NOTE_HEAD));
  }

  private static Optional<VmcoreInfo> parse(PhysicalMemory memory, long address) {
    byte[] page = new byte[PAGE];
    int length = memory.readAvailable(address, page, 0, PAGE);
    int end = 0;
    while (end < length && page[end] != 0) {
      end++;
    }
    Map<String, String> values = new HashMap<>();
    String text = new String(page, 0, end, StandardCharsets.ISO_8859_1);
    text.lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
              }
            });
    boolean whole = values.containsKey("PAGESIZE") && values.containsKey("SYMBOL(init_uts_ns)");
    return whole ? Optional.of(new VmcoreInfo(text, values, address)) : Optional.empty();
  }

  /** Returns the physical address of the text. */
  public long address() {
    return address;
  }

  /** Returns the whole text, in ISO 8859-1. */
  public String text() {
    return text;
  }

  public Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Returns a {@code SYMBOL(name)}: its run-time address. */
  public OptionalLong symbol(String name) {
    return parse(values.get("SYMBOL(" + name + ")"), 16);
  }

  /**
   * Returns the address of the kernel's top-level page table; its symbol has had two names on x86.
   */
  public OptionalLong topTable() {
    OptionalLong table = symbol("init_top_pgt");
    return table.isPresent() ? table : symbol("swapper_pg_dir");
  }

  /** Returns all {@code SYMBOL(name)} by their names. */
  public Map<String, Long> symbols() {
    Map<String, Long> symbols = new TreeMap<>();
    for (String key : values.keySet()) {
      if (key.startsWith("SYMBOL(") && key.endsWith(")")) {
        String name = key.substring("SYMBOL(".length(), key.length() - 1);
        symbol(name).ifPresent(address -> symbols.put(name, address));
      }
    }
    return symbols;
  }

  /** Returns a {@code NUMBER(name)}. */
  public OptionalLong number(String name) {
    String text = values.get("NUMBER(" + name + ")");
    return text != null && text.startsWith("0x") ? parse(text.substring(2), 16) : parse(text, 10);
  }

  /** Returns the KASLR offset in virtual memory, 0 without KASLR. */
  public long kernelOffset() {
    return parse(values.get("KERNELOFFSET"), 16).orElse(0);
  }

  private static OptionalLong parse(String text, int radix) {
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(radix == 16 ? Long.parseUnsignedLong(text, 16) : Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
