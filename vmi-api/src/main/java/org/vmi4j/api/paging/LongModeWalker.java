package org.vmi4j.api.paging;

import java.util.List;
import org.vmi4j.api.internal.EntryReader;

/**
 * The walk of four levels on x86-64, with its steps as constants: the JIT compiler puts them into
 * the code, which makes a walk quicker by two fifths. Only static fields are constants, so that
 * each of these walks is a class.
 */
final class LongModeWalker extends PageWalker {
  static final List<Level> LEVELS = X86Modes.longLevels(4, X86Modes.MAX_PHYSICAL_BITS);

  private static final WalkStep FOURTH = step(LEVELS, Long.BYTES, 4);
  private static final WalkStep THIRD = step(LEVELS, Long.BYTES, 3);
  private static final WalkStep SECOND = step(LEVELS, Long.BYTES, 2);
  private static final WalkStep LAST = step(LEVELS, Long.BYTES, 1);

  LongModeWalker() {
    super(LEVELS, Long.BYTES);
  }

  @Override
  long walkBySteps(EntryReader memory, long root, long va, SoftwareEntries software) {
    long entry = memory.entryInPlace(FOURTH.entryAt(root, va));
    return FOURTH.isTable(entry)
        ? walkThree(THIRD, SECOND, LAST, memory, FOURTH.table(entry), va, software)
        : leave(memory, FOURTH, root, entry, va, software);
  }
}
