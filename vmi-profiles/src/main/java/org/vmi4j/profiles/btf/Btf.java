package org.vmi4j.profiles.btf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.StructType;
import org.vmi4j.profiles.Type;
import org.vmi4j.profiles.Types;

/**
 * The types of a kernel or module from its BTF, little-endian. One pass locates each type; types
 * are decoded on first use. Source: the kernel's Documentation/bpf/btf.rst.
 */
public final class Btf implements Types {
  /** The size of a header in bytes, as {@link #length(byte[], int)} needs it. */
  public static final int HEADER_BYTES = BtfHeader.BYTES;

  private final BtfTable table;
  private final Btf base;
  private final BtfDecoder decoder;
  private volatile Names index;

  private Btf(BtfTable table, Btf base) {
    this.table = table;
    this.base = base;
    this.decoder = new BtfDecoder(this, table);
  }

  /**
   * Reads the BTF of a kernel.
   *
   * @param origin its origin, for messages
   * @param section the whole section; it is kept, not copied
   * @throws ProfileException if it is not BTF, is truncated, or has types of unknown kinds
   */
  public static Btf read(String origin, byte[] section) {
    return new Btf(new BtfTable(origin, section, 1, 0), null);
  }

  /**
   * Reads the BTF of a module, which holds only the types that its kernel lacks.
   *
   * @param base the BTF of the kernel
   * @throws ProfileException as {@link #read} does
   */
  public static Btf readSplit(String origin, byte[] section, Btf base) {
    BtfTable below = base.table;
    return new Btf(new BtfTable(origin, section, below.endId(), below.endOfStrings()), base);
  }

  /**
   * Tests whether bytes are the header of BTF.
   *
   * @param offset the offset of the presumed header, in bytes
   * @return the size in bytes of the whole section that the header describes; empty if it is not
   *     BTF
   */
  public static OptionalInt length(byte[] bytes, int offset) {
    if (BtfHeader.fault(bytes, offset) != null) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(BtfHeader.parse(bytes, offset).length());
  }

  /**
   * Tests whether a kernel's BTF is at an address: a valid header, and a string section that begins
   * and ends with a zero byte. Memory that is not present is not an error.
   *
   * @return its size in bytes; empty if it is not BTF
   */
  public static OptionalInt lengthAt(Memory memory, long address) {
    try {
      byte[] bytes = memory.readBytes(address, HEADER_BYTES);
      if (length(bytes, 0).isEmpty()) {
        return OptionalInt.empty();
      }
      BtfHeader header = BtfHeader.parse(bytes, 0);
      long strings = address + header.strings();
      boolean plausible =
          header.typeBytes() > 0
              && header.stringBytes() > 1
              && memory.readByte(strings) == 0
              && memory.readByte(strings + 1) != 0
              && memory.readByte(strings + header.stringBytes() - 1) == 0;
      return plausible ? OptionalInt.of(header.length()) : OptionalInt.empty();
    } catch (VmiException absent) {
      return OptionalInt.empty();
    }
  }

  @Override
  public Optional<StructType> struct(String name) {
    Type found = find(name, Kinds.STRUCT, Kinds.UNION, Kinds.TYPEDEF);
    return found instanceof StructType struct ? Optional.of(struct) : Optional.empty();
  }

  @Override
  public Optional<Type> named(String name) {
    int space = name.indexOf(' ');
    String bare = name.substring(space + 1);
    Type found =
        switch (name.substring(0, Math.max(space, 0))) {
          case "struct" -> find(bare, Kinds.STRUCT);
          case "union" -> find(bare, Kinds.UNION);
          case "enum" -> find(bare, Kinds.ENUM, Kinds.ENUM64);
          default ->
              find(
                  name,
                  Kinds.STRUCT,
                  Kinds.UNION,
                  Kinds.TYPEDEF,
                  Kinds.ENUM,
                  Kinds.ENUM64,
                  Kinds.INT,
                  Kinds.FLOAT);
        };
    return Optional.ofNullable(found);
  }

  @Override
  public Optional<Type> variable(String name) {
    return Optional.ofNullable(find(name, Kinds.VAR));
  }

  /** Returns the type of a name and the first of these kinds that there is, or null. */
  private Type find(String name, int... kinds) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    for (int kind : kinds) {
      int id = find(wanted, kind);
      if (id != 0) {
        return type(id);
      }
    }
    return null;
  }

  private int find(byte[] name, int kind) {
    Names known = index();
    int slot = known.firstSlot(name);
    for (int id = known.at(slot); id != 0; id = known.at(slot)) {
      if (table.kind(id) == kind && nameIs(id, name)) {
        return id;
      }
      slot = known.nextSlot(slot);
    }
    return base == null ? 0 : base.find(name, kind);
  }

  private boolean nameIs(int id, byte[] name) {
    int offset = table.nameOffset(id);
    BtfTable strings = table.hasString(offset) ? table : base.table;
    return strings.stringEquals(offset, name);
  }

  private Names index() {
    Names known = index;
    if (known == null) {
      synchronized (this) {
        known = index;
        if (known == null) {
          known = new Names(table, base == null ? null : base.table);
          index = known;
        }
      }
    }
    return known;
  }

  /** Returns the definition of a structure or union that is only declared somewhere, or null. */
  Type definition(String name, int kind) {
    int id = find(name.getBytes(StandardCharsets.UTF_8), kind);
    return id == 0 ? null : type(id);
  }

  /** Returns the type of an ID, with aliases resolved. */
  Type type(int id) {
    return base != null && id < table.firstId() ? base.type(id) : decoder.type(id);
  }

  /** Returns the string at an offset. */
  String string(int offset) {
    if (table.hasString(offset)) {
      return table.string(offset);
    }
    if (base == null) {
      throw new ProfileException(
          table.origin()
              + ": there is no BTF string at "
              + Integer.toUnsignedString(offset)
              + "; they end at "
              + table.endOfStrings());
    }
    return base.string(offset);
  }

  /** Returns the size of a pointer in bytes: that of {@code unsigned long}, as in every kernel. */
  public int pointerSize() {
    return decoder.pointerSize();
  }

  int computePointerSize() {
    Type unsignedLong = find("long unsigned int", Kinds.INT);
    Type other = unsignedLong == null ? find("unsigned long", Kinds.INT) : unsignedLong;
    return other != null && other.size() == Integer.BYTES ? Integer.BYTES : Long.BYTES;
  }

  @Override
  public Stream<String> names() {
    Stream<String> own =
        Arrays.stream(index().types()).mapToObj(id -> string(table.nameOffset(id)));
    return base == null ? own : Stream.concat(base.names(), own);
  }

  @Override
  public int count() {
    return index().types().length + (base == null ? 0 : base.count());
  }
}
