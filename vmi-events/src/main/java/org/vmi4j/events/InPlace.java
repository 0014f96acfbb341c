package org.vmi4j.events;

import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.memory.PhysicalMemory;

/** Breakpoint instructions in the guest's own memory. The guest can see them. */
final class InPlace implements Placement {
  private static final int PAGE = 1 << PageRange.SHIFT;

  private final PhysicalMemory memory;
  private final byte[] instruction;
  private final Journal journal;
  private final NavigableMap<Long, Saved> saved = new TreeMap<>();

  /** What the guest has at a place, and the entry of the journal that says so. */
  private static final class Saved {
    private final byte[] bytes;
    private final Journal.Entry entry;

    Saved(byte[] bytes, Journal.Entry entry) {
      this.bytes = bytes;
      this.entry = entry;
    }
  }

  InPlace(PhysicalMemory memory, byte[] instruction, Journal journal) {
    this.memory = memory;
    this.instruction = instruction;
    this.journal = journal;
  }

  @Override
  public void place(long address) {
    byte[] bytes = memory.readBytes(address, instruction.length);
    Journal.Entry entry = journal.write(new Change.Bytes(address, bytes, instruction));
    saved.put(address, new Saved(bytes, entry));
    try {
      memory.write(address, instruction);
    } catch (RuntimeException | Error e) {
      saved.remove(address);
      entry.end();
      throw e;
    }
  }

  @Override
  public void remove(long address) {
    Saved before = saved.remove(address);
    if (before != null) {
      lift(address, before.bytes);
      before.entry.end();
    }
  }

  /** Puts code back for a moment; the journal says all the time what belongs there. */
  private void lift(long address, byte[] bytes) {
    // What the guest itself has written there since is left alone.
    if (Arrays.equals(memory.readBytes(address, instruction.length), instruction)) {
      memory.write(address, bytes);
    }
  }

  @Override
  public void lift(long address) {
    Saved before = saved.get(address);
    if (before != null) {
      lift(address, before.bytes);
    }
  }

  @Override
  public void restore(long address) {
    Saved before = saved.get(address);
    if (before == null) {
      return;
    }
    byte[] now = memory.readBytes(address, instruction.length);
    if (Arrays.equals(now, before.bytes)) {
      memory.write(address, instruction);
    } else if (!Arrays.equals(now, instruction)) {
      // The guest has changed its code while the breakpoint was out: that is what belongs here.
      saved.remove(address);
      before.entry.end();
      place(address);
    }
  }

  @Override
  public int original(long address, byte[] into) {
    int room = PAGE - (int) (address & PAGE - 1);
    int length = memory.readAvailable(address, into, 0, Math.min(into.length, room));
    saved
        .subMap(address - instruction.length, false, address + length, false)
        .forEach((at, before) -> overlay(at, before.bytes, address, into, length));
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
