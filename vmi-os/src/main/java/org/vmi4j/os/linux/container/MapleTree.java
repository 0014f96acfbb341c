package org.vmi4j.os.linux.container;

import java.util.function.LongConsumer;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.AddressSet;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * Linux's maple tree (include/linux/maple_tree.h), which holds the regions of a process since 6.1.
 * A pointer to a node carries the node's type in bits 3 to 6; a node has pivots, the last index of
 * each slot, and slots.
 */
public final class MapleTree {
  private static final long NODE_MASK = ~0xffL;
  private static final int LEAF = 1;
  private static final int ARRANGE = 3;
  private static final int MAX_DEPTH = 16;
  private static final int MAX_SLOTS = 64;

  private final Memory memory;
  private final Field root;
  private final Layout range;
  private final Layout arrange;

  /** Where a kind of node keeps its pivots and slots. */
  private record Layout(long pivots, int pivotCount, long slots, int slotCount) {
    static Layout of(Binder binder, String type) {
      Field pivots = binder.field(type, "pivot");
      Field slots = binder.field(type, "slot");
      return new Layout(pivots.offset(), count(pivots), slots.offset(), count(slots));
    }

    private static int count(Field field) {
      return field.type() instanceof ArrayType array ? (int) Math.min(MAX_SLOTS, array.count()) : 0;
    }
  }

  public MapleTree(Memory memory, Binder binder) {
    this.memory = memory;
    this.root = binder.field("maple_tree", "ma_root");
    this.range = Layout.of(binder, "maple_range_64");
    this.arrange = Layout.of(binder, "maple_arange_64");
  }

  /** Visits the entries of a tree in ascending order of their indexes. */
  public void walk(long tree, LongConsumer entry) {
    long top = root.read(memory, tree);
    if (isNode(top)) {
      node(top, -1L, 0, new AddressSet(), entry);
    } else if (top != 0) {
      entry.accept(top);
    }
  }

  private static boolean isNode(long entry) {
    return (entry & 3) == 2 && Long.compareUnsigned(entry, 4096) > 0;
  }

  private void node(long encoded, long last, int depth, AddressSet seen, LongConsumer entry) {
    long address = encoded & NODE_MASK;
    int type = (int) (encoded >>> 3) & 0xf;
    if (depth > MAX_DEPTH || !seen.add(address)) {
      throw new VmiException("the tree runs in a circle at 0x" + Long.toHexString(address));
    }
    if (type < LEAF || type > ARRANGE) {
      throw new VmiException(
          "a node of the unknown type " + type + " at 0x" + Long.toHexString(address));
    }
    Layout layout = type == ARRANGE ? arrange : range;
    for (int i = 0; i < layout.slotCount(); i++) {
      long pivot =
          i < layout.pivotCount() ? memory.readLong(address + layout.pivots() + 8L * i) : last;
      // A pivot of 0 behind the first slot says that the slot before it was the last.
      long end = pivot == 0 && i > 0 ? last : pivot;
      long slot = memory.readLong(address + layout.slots() + 8L * i);
      if (slot != 0 && type == LEAF) {
        if ((slot & 3) == 0) {
          entry.accept(slot);
        }
      } else if (slot != 0) {
        node(slot, end, depth + 1, seen, entry);
      }
      if (Long.compareUnsigned(end, last) >= 0) {
        return;
      }
    }
  }
}
