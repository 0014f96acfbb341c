package org.vmi4j.os.linux.container;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadAhead;
import org.vmi4j.os.AddressSet;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.profiles.ArrayType;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Span;

/**
 * Follows the kernel's maple trees (struct maple_tree of include/linux/maple_tree.h), which the
 * guest may have damaged. The regions of a process have been in one since Linux 6.1.
 *
 * <p>A pointer to a node carries the node's type in bits 3 to 6; a node has pivots, the last index
 * of each slot, and slots.
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

  /** Where a kind of node keeps its pivots and slots, and the span of both. */
  private record Layout(long pivots, int pivotCount, long slots, int slotCount, Span span) {
    static Layout of(Binder binder, String type) {
      Field pivots = binder.field(type, "pivot");
      Field slots = binder.field(type, "slot");
      return new Layout(
          pivots.offset(), count(pivots), slots.offset(), count(slots), Span.of(pivots, slots));
    }

    private static int count(Field field) {
      return field.type() instanceof ArrayType array ? (int) Math.min(MAX_SLOTS, array.count()) : 0;
    }
  }

  /** A node that cannot be one; never leaves this class. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  /**
   * Binds the members of the tree's nodes.
   *
   * @param memory the kernel's address space
   * @param binder finds the members, and collects those that the profile lacks
   */
  public MapleTree(Memory memory, Binder binder) {
    this.memory = memory;
    this.root = binder.field("maple_tree", "ma_root");
    this.range = Layout.of(binder, "maple_range_64");
    this.arrange = Layout.of(binder, "maple_arange_64");
  }

  /**
   * Visits the entries of a tree in ascending order of their indexes.
   *
   * @param tree the address of a struct maple_tree
   * @param name what the tree is, for the answer when it is damaged
   * @param item receives each entry; a {@link MemoryFault} or a {@link BudgetExceededException}
   *     that it throws ends the walk
   * @return where and how the tree is damaged, if it is
   */
  public Optional<String> walk(long tree, String name, LongConsumer item) {
    return walkLeaves(tree, name, entries -> Arrays.stream(entries).forEach(item));
  }

  /**
   * Visits the entries of a tree in ascending order of their indexes, those of one leaf together:
   * what they point at can be read in one batch.
   *
   * @param tree the address of a struct maple_tree
   * @param name what the tree is, for the answer when it is damaged
   * @param leaf receives the entries of each leaf, at least one; a {@link MemoryFault} or a {@link
   *     BudgetExceededException} that it throws ends the walk
   * @return where and how the tree is damaged, if it is
   */
  public Optional<String> walkLeaves(long tree, String name, Consumer<long[]> leaf) {
    try {
      long top = root.read(memory, tree);
      if (isNode(top)) {
        node(top, -1L, 0, new AddressSet(), leaf);
      } else if (top != 0) {
        leaf.accept(new long[] {top});
      }
      return Optional.empty();
    } catch (MemoryFault | BudgetExceededException | Broken e) {
      return Optional.of(name + " ends early: " + e.getMessage());
    }
  }

  private static boolean isNode(long entry) {
    return (entry & 3) == 2 && Long.compareUnsigned(entry, 4096) > 0;
  }

  private void node(long encoded, long last, int depth, AddressSet seen, Consumer<long[]> leaf) {
    long address = encoded & NODE_MASK;
    int type = (int) (encoded >>> 3) & 0xf;
    if (depth > MAX_DEPTH || !seen.add(address)) {
      throw new Broken("the tree loops at 0x" + Long.toHexString(address));
    }
    if (type < LEAF || type > ARRANGE) {
      throw new Broken("a node of the unknown type " + type + " at 0x" + Long.toHexString(address));
    }
    Layout layout = type == ARRANGE ? arrange : range;
    ReadAhead node = new ReadAhead(memory);
    layout.span().fetch(node, address);
    long[] entries = new long[layout.slotCount()];
    int count = 0;
    for (int i = 0; i < layout.slotCount(); i++) {
      long pivot = i < layout.pivotCount() ? word(node, address + layout.pivots(), i) : last;
      // A pivot of 0 behind the first slot says that the slot before it was the last.
      long end = pivot == 0 && i > 0 ? last : pivot;
      long slot = word(node, address + layout.slots(), i);
      if (type != LEAF && slot != 0) {
        node(slot, end, depth + 1, seen, leaf);
      } else if (slot != 0 && (slot & 3) == 0) {
        entries[count++] = slot;
      }
      if (Long.compareUnsigned(end, last) >= 0) {
        break;
      }
    }
    if (count > 0) {
      leaf.accept(Arrays.copyOf(entries, count));
    }
  }

  private static long word(Memory node, long array, int index) {
    return node.readPointer(array + (long) index * node.pointerSize());
  }
}
