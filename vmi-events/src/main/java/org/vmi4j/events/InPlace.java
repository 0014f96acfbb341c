package org.vmi4j.events;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.vmi4j.api.memory.PhysicalMemory;

/** Breakpoint instructions in the guest's own memory. The guest can see them. */
final class InPlace implements Placement {
  private static final int PAGE = 1 << PageRange.SHIFT;

  private final PhysicalMemory memory;
  private final byte[] instruction;
  private final NavigableMap<Long, byte[]> saved = new TreeMap<>();

  InPlace(PhysicalMemory memory, byte[] instruction) {
    this.memory = memory;
    this.instruction = instruction;
  }

  @Override
  public void place(long address) {
    saved.put(address, memory.readBytes(address, instruction.length));
    try {
      memory.write(address, instruction);
    } catch (RuntimeException | Error e) {
      saved.remove(address);
      throw e;
    }
  }

  @Override
  public void remove(long address) {
    byte[] bytes = saved.remove(address);
    // What the guest itself has written there since is left alone.
    if (bytes != null
        && Arrays.equals(memory.readBytes(address, instruction.length), instruction)) {
      memory.write(address, bytes);
    }
  }

  @Override
  public int original(long address, byte[] into) {
    int room = PAGE - (int) (address & PAGE - 1);
    int length = memory.readAvailable(address, into, 0, Math.min(into.length, room));
    saved
        .subMap(address - instruction.length, false, address + length, false)
        .forEach((at, bytes) -> overlay(at, bytes, address, into, length));
    return length;
  }

  private static void overlay(long at, byte[] bytes, long address, byte[] into, int length) {
    for (int i = 0; i < bytes.length; i++) {
      long place = at + i - address;
      if (place >= 0 && place < length) {
        into[(int) place] = bytes[i];
      }
    }
  }

  @Override
  public void refresh(long frame) {
    // The guest wrote to the same memory that the breakpoints are in.
  }
}
