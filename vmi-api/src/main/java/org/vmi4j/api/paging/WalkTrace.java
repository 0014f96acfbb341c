package org.vmi4j.api.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.vmi4j.api.memory.PhysicalMemory;

/** Records the entries that a page walk reads, and returns them as a {@link Translation}. */
final class WalkTrace {
  private final PagingMode mode;
  private final PhysicalMemory memory;
  private final List<Step> steps = new ArrayList<>();

  private record Step(int level, long at, long entry) {}

  WalkTrace(PagingMode mode, PhysicalMemory memory) {
    this.mode = mode;
    this.memory = memory;
  }

  void step(int level, long at, long entry) {
    steps.add(new Step(level, at, entry));
  }

  Translation translation(long va, long lookup, SoftwareEntries software) {
    if (Lookup.isMapped(lookup)) {
      return mapped(va, lookup, software);
    }
    Step last = steps.get(steps.size() - 1);
    long span = Lookup.span(lookup);
    if (!memory.isPresent(last.at())) {
      List<Entry> before = entries().subList(0, steps.size() - 1);
      return new Translation.TableAbsent(va, level(last).name(), last.at(), span, before);
    }
    if (Lookup.reason(lookup) == Lookup.RESERVED) {
      return new Translation.Reserved(va, span, entries());
    }
    String kind = softwareKind(last, software);
    return kind.isEmpty()
        ? new Translation.NotPresent(va, span, entries())
        : new Translation.Software(va, kind, OptionalLong.empty(), span, entries());
  }

  private Translation mapped(long va, long lookup, SoftwareEntries software) {
    long pa = Lookup.physical(lookup);
    long pageSize = Lookup.pageSize(lookup);
    if (!steps.isEmpty()
        && kind(steps.get(steps.size() - 1)).role() == EntryKind.Role.NOT_PRESENT) {
      String kind = softwareKind(steps.get(steps.size() - 1), software);
      return new Translation.Software(va, kind, OptionalLong.of(pa), pageSize, entries());
    }
    long[] values = steps.stream().mapToLong(Step::entry).toArray();
    return new Translation.Mapped(va, pa, pageSize, mode.format().access(mode, values), entries());
  }

  private String softwareKind(Step step, SoftwareEntries software) {
    return step.entry() == 0 ? "" : software.kind(step.entry(), level(step).shift());
  }

  private List<Entry> entries() {
    return steps.stream()
        .map(
            step ->
                new Entry(
                    level(step).name(),
                    step.at(),
                    step.entry(),
                    mode.format().flags(step.entry(), kind(step))))
        .toList();
  }

  private Level level(Step step) {
    return mode.levels().get(step.level());
  }

  private EntryKind kind(Step step) {
    return level(step).kind(step.entry());
  }
}
