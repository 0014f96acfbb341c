package org.vmi4j.os.linux.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.Budget;
import org.vmi4j.os.BudgetExceededException;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/**
 * The kernel's log from Linux 3.5 to 5.9: one buffer of records (struct printk_log in
 * kernel/printk/printk.c), each with its length; a record of length 0 means that the next record is
 * at the start of the buffer.
 */
final class RecordLog {
  private static final int MAX_RECORDS = 1 << 20;

  private final Memory memory;
  private final long buffer;
  private final long size;
  private final long first;
  private final long next;
  private final Field time;
  private final Field length;
  private final Field textLength;
  private final Optional<Field> level;
  private final long headSize;

  RecordLog(Kernel kernel) {
    memory = kernel.addressSpace();
    Binder binder = kernel.profile().binder();
    long bufferAt = binder.symbol("log_buf");
    long sizeAt = binder.symbol("log_buf_len");
    long firstAt = binder.symbol("log_first_idx");
    long nextAt = binder.symbol("log_next_idx");
    time = binder.field("printk_log", "ts_nsec");
    length = binder.field("printk_log", "len");
    textLength = binder.field("printk_log", "text_len");
    level = binder.optional("printk_log", "level");
    headSize = binder.size("printk_log");
    binder.check();
    buffer = memory.readPointer(bufferAt);
    size = memory.readInt(sizeAt) & 0xffff_ffffL;
    first = memory.readInt(firstAt) & 0xffff_ffffL;
    next = memory.readInt(nextAt) & 0xffff_ffffL;
  }

  Listing<LogLine> lines(Budget budget) {
    List<LogLine> lines = new ArrayList<>();
    long at = first;
    try {
      for (int count = 0; at != next; count++) {
        if (count == MAX_RECORDS || at > size - headSize) {
          return broken(lines, "it leads out of the buffer or loops at byte " + at);
        }
        long record = buffer + at;
        long step = length.read(memory, record);
        if (step == 0) {
          if (at == 0) {
            return broken(lines, "its first record is empty");
          }
          at = 0;
          continue;
        }
        int text = (int) textLength.read(memory, record);
        if (step < headSize || text > step - headSize) {
          return broken(lines, "a record of " + step + " bytes with " + text + " of text");
        }
        budget.charge(step);
        lines.add(line(record, text));
        at += step;
      }
    } catch (MemoryFault | BudgetExceededException e) {
      return broken(lines, e.getMessage());
    }
    return new Listing<>(lines, Optional.empty());
  }

  private static Listing<LogLine> broken(List<LogLine> lines, String why) {
    return new Listing<>(lines, Optional.of("the log ends early: " + why));
  }

  private LogLine line(long record, int text) {
    byte[] bytes = memory.readBytes(record + headSize, text);
    int severity = level.map(field -> (int) field.read(memory, record)).orElse(0);
    return new LogLine(
        time.read(memory, record), severity, new String(bytes, StandardCharsets.UTF_8));
  }
}
