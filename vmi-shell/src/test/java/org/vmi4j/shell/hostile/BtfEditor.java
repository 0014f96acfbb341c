package org.vmi4j.shell.hostile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.vmi4j.api.memory.Memory;

/**
 * Changes the types that a guest's kernel carries (Documentation/bpf/btf.rst), as far as an attack
 * needs it.
 */
final class BtfEditor {
  private static final int POINTER = 2;
  private static final int FUNCTION_PROTOTYPE = 13;

  private final HostileGuest guest;
  private final long start;
  private final ByteBuffer bytes;

  /** Where each type begins in the bytes, by its number. */
  private final Map<Integer, Integer> places = new HashMap<>();

  BtfEditor(HostileGuest guest) {
    this.guest = guest;
    this.start = guest.symbol("__start_BTF");
    Memory memory = guest.linux().kernel().addressSpace();
    int length = (int) (guest.symbol("__stop_BTF") - start);
    bytes = ByteBuffer.wrap(memory.readBytes(start, length)).order(ByteOrder.LITTLE_ENDIAN);
    int first = bytes.getInt(4) + bytes.getInt(8);
    int end = first + bytes.getInt(12);
    int number = 1;
    for (int at = first; at < end; at += size(at)) {
      places.put(number++, at);
    }
  }

  private int kind(int at) {
    return bytes.getInt(at + 4) >>> 24 & 0x1f;
  }

  private int count(int at) {
    return bytes.getInt(at + 4) & 0xffff;
  }

  private int size(int at) {
    return 12
        + switch (kind(at)) {
          case 1, 14, 17 -> 4;
          case 3 -> 12;
          case 4, 5, 15, 19 -> 12 * count(at);
          case 6, 13 -> 8 * count(at);
          default -> 0;
        };
  }

  /**
   * Makes every parameter of every function that something points at a pointer to that function.
   */
  void makeParametersPointAtTheirFunction() {
    places.forEach(
        (number, at) -> {
          Integer function = kind(at) == POINTER ? places.get(bytes.getInt(at + 8)) : null;
          if (function != null && kind(function) == FUNCTION_PROTOTYPE) {
            for (int i = 0; i < count(function); i++) {
              bytes.putInt(function + 12 + 8 * i + 4, number);
            }
          }
        });
    guest.put(start, bytes.array());
  }
}
