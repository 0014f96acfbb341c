package org.vmi4j.profiles.kallsyms;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.vmi4j.testkit.ArrayMemory;

/** Lays out the tables of kallsyms as kernels of several ages do. */
final class KallsymsBuilder {
  private static final int ROOM = 1 << 21;
  private static final int PAIR = 0x80;

  private final ByteBuffer out = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);
  private final long base;
  private final int pointerSize;
  private int alignment;
  private final List<String> names;
  private final long[] addresses;
  private long numSyms;
  private long namesAt;
  private long tokenTable;
  private long tokenIndex;

  /** How the kernel keeps addresses. */
  enum Keeping {
    ABSOLUTE,
    RELATIVE,
    ABSOLUTE_PERCPU,
    PLACE_RELATIVE
  }

  /**
   * @param names each with its kind in front, in the order of their addresses
   */
  KallsymsBuilder(long base, int pointerSize, List<String> names, long[] addresses) {
    this.base = base;
    this.pointerSize = pointerSize;
    this.alignment = pointerSize;
    this.names = names;
    this.addresses = addresses;
    out.position(4096);
  }

  private long here() {
    return base + out.position();
  }

  private void align() {
    while (out.position() % alignment != 0) {
      out.put((byte) 0);
    }
  }

  private void pointer(long value) {
    if (pointerSize == Long.BYTES) {
      out.putLong(value);
    } else {
      out.putInt((int) value);
    }
  }

  /** Addresses, names, tokens: before Linux 6.5. */
  KallsymsTables before(Keeping keeping, int markerBytes, boolean sequences) {
    KallsymsTables.Addresses kept = addresses(keeping);
    names(markerBytes);
    if (sequences) {
      for (int i = 0; i < names.size(); i++) {
        out.put((byte) (i >> 16)).put((byte) (i >> 8)).put((byte) i);
      }
      align();
    }
    tokens();
    return tables(kept);
  }

  /** Aligns tables like numbers of 4 bytes, as Linux does since 7.0. */
  KallsymsBuilder packed() {
    alignment = Integer.BYTES;
    return this;
  }

  /** Names, tokens, addresses: since Linux 6.5; what follows them is no base. */
  KallsymsTables since(Keeping keeping) {
    names(Integer.BYTES);
    tokens();
    return tables(addresses(keeping));
  }

  private KallsymsTables tables(KallsymsTables.Addresses kept) {
    return new KallsymsTables(numSyms, namesAt, tokenTable, tokenIndex, kept);
  }

  private KallsymsTables.Addresses addresses(Keeping keeping) {
    long start = here();
    if (keeping == Keeping.ABSOLUTE) {
      for (long address : addresses) {
        pointer(address);
      }
      return new KallsymsTables.Absolute(start, pointerSize);
    }
    if (keeping == Keeping.PLACE_RELATIVE) {
      for (long address : addresses) {
        out.putInt((int) (address - here()));
      }
      return new KallsymsTables.PlaceRelative(start, pointerSize);
    }
    long first = addresses[0];
    for (int i = addresses.length - 1; i >= 0 && keeping == Keeping.ABSOLUTE_PERCPU; i--) {
      first = addresses[i] < 0 ? addresses[i] : first;
    }
    for (long address : addresses) {
      if (keeping == Keeping.ABSOLUTE_PERCPU) {
        out.putInt((int) (address < 0 ? first - 1 - address : address));
      } else {
        out.putInt((int) (address - first));
      }
    }
    align();
    long relativeBase = here();
    pointer(first);
    return new KallsymsTables.Relative(start, relativeBase, pointerSize);
  }

  private void names(int markerBytes) {
    align();
    numSyms = here();
    out.putInt(names.size());
    align();
    namesAt = here();
    List<Integer> markers = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (i % 256 == 0) {
        markers.add((int) (here() - namesAt));
      }
      name(names.get(i));
    }
    align();
    for (int marker : markers) {
      out.putInt(marker);
      out.put(new byte[markerBytes - Integer.BYTES]);
    }
    align();
  }

  /** Every pair of letters "sy" becomes a token of its own; the rest are letters. */
  private void name(String name) {
    String squeezed = name.replace("sy", String.valueOf((char) PAIR));
    byte[] tokens = squeezed.getBytes(StandardCharsets.ISO_8859_1);
    if (tokens.length < 0x80) {
      out.put((byte) tokens.length);
    } else {
      out.put((byte) (tokens.length | 0x80)).put((byte) (tokens.length >> 7));
    }
    out.put(tokens);
  }

  private void tokens() {
    tokenTable = here();
    int[] starts = new int[256];
    for (int token = 0; token < 256; token++) {
      starts[token] = (int) (here() - tokenTable);
      String text = token == PAIR ? "sy" : token < 0x21 || token > 0x7e ? "ab" : "" + (char) token;
      out.put(text.getBytes(StandardCharsets.ISO_8859_1)).put((byte) 0);
    }
    align();
    tokenIndex = here();
    for (int start : starts) {
      out.putShort((short) start);
    }
  }

  byte[] bytes() {
    return out.array();
  }

  ArrayMemory memory() {
    return new ArrayMemory(base, out.array());
  }
}
