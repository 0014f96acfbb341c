package org.vmi4j.os.linux.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.VmiException;
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
 * The kernel's log: since 5.10 a ring of descriptors, one of records about them, and one of text
 * (kernel/printk/printk_ringbuffer.h).
 */
public final class KernelLog {
  private static final int MAX_BITS = 28;
  private static final int COMMITTED = 1;
  private static final int FINALIZED = 2;
  private static final int STATE_MASK = 3;

  private final Kernel kernel;
  private final Memory memory;

  /** The state is in the highest two bits of an unsigned long, the number of the entry below. */
  private final int stateShift;

  private final long idMask;

  /** Creates a reader; members are bound and the log is read on use. */
  public KernelLog(Kernel kernel) {
    this.kernel = kernel;
    this.memory = kernel.addressSpace();
    this.stateShift = memory.pointerSize() * Byte.SIZE - 2;
    this.idMask = (1L << stateShift) - 1;
  }

  private final class Ring {
    final long descriptors;
    final long infos;
    final int countBits;
    final long head;
    final long tail;
    final long text;
    final int sizeBits;
    final Field state;
    final Field begin;
    final Field time;
    final Field length;
    final Field level;
    final long descriptorSize;
    final long infoSize;

    Ring(long ring) {
      Binder binder = kernel.profile().binder();
      Field descs = binder.field("printk_ringbuffer", "desc_ring.descs");
      Field infoArray = binder.field("printk_ringbuffer", "desc_ring.infos");
      Field bits = binder.field("printk_ringbuffer", "desc_ring.count_bits");
      Field headId = binder.field("printk_ringbuffer", "desc_ring.head_id.counter");
      Field tailId = binder.field("printk_ringbuffer", "desc_ring.tail_id.counter");
      Field data = binder.field("printk_ringbuffer", "text_data_ring.data");
      Field dataBits = binder.field("printk_ringbuffer", "text_data_ring.size_bits");
      state = binder.field("prb_desc", "state_var.counter");
      begin = binder.field("prb_desc", "text_blk_lpos.begin");
      time = binder.field("printk_info", "ts_nsec");
      length = binder.field("printk_info", "text_len");
      level = binder.field("printk_info", "level");
      descriptorSize = binder.size("prb_desc");
      infoSize = binder.size("printk_info");
      binder.check();
      descriptors = descs.read(memory, ring);
      infos = infoArray.read(memory, ring);
      countBits = checked("count_bits", bits.read(memory, ring));
      head = headId.read(memory, ring);
      tail = tailId.read(memory, ring);
      text = data.read(memory, ring);
      sizeBits = checked("size_bits", dataBits.read(memory, ring));
    }

    private int checked(String name, long bits) {
      if (bits < 1 || bits > MAX_BITS) {
        throw new VmiException("the printk ring is corrupt: " + name + " = " + bits);
      }
      return (int) bits;
    }

    private Optional<LogLine> line(long id, Budget budget) {
      long slot = id & (1L << countBits) - 1;
      long descriptor = descriptors + slot * descriptorSize;
      long info = infos + slot * infoSize;
      long value = state.read(memory, descriptor);
      int status = (int) (value >>> stateShift) & STATE_MASK;
      if ((value & idMask) != id || status != COMMITTED && status != FINALIZED) {
        return Optional.empty();
      }
      int size = (int) length.read(memory, info) & 0xffff;
      budget.charge(infoSize);
      budget.chargeText(size);
      long position = begin.read(memory, descriptor);
      long next = memory.readPointer(descriptor + begin.offset() + memory.pointerSize());
      // A block without text has odd positions; one that would wrap starts at offset 0.
      boolean wraps = position >>> sizeBits != next - 1 >>> sizeBits;
      long at = wraps ? 0 : position & (1L << sizeBits) - 1;
      long start = text + at + memory.pointerSize();
      byte[] bytes = (position & 1) != 0 ? new byte[0] : memory.readBytes(start, size);
      return Optional.of(
          new LogLine(
              time.read(memory, info),
              (int) level.read(memory, info),
              new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  /**
   * Reads the log, oldest line first.
   *
   * @param budget what the answer may hold; records and texts are charged
   */
  public Listing<LogLine> lines(Budget budget) {
    OptionalLong pointer = kernel.profile().symbols().address("prb");
    if (pointer.isEmpty()) {
      return new RecordLog(kernel).lines(budget);
    }
    List<LogLine> lines = new ArrayList<>();
    try {
      Ring ring = new Ring(memory.readPointer(pointer.getAsLong()));
      long count = (ring.head - ring.tail & idMask) + 1;
      if (count > 1L << ring.countBits) {
        return new Listing<>(lines, Optional.of("the log's first and last entries do not fit"));
      }
      for (long i = 0; i < count; i++) {
        ring.line(ring.tail + i & idMask, budget).ifPresent(lines::add);
      }
    } catch (MemoryFault | BudgetExceededException e) {
      return new Listing<>(lines, Optional.of("the log ends early: " + e.getMessage()));
    }
    return new Listing<>(lines, Optional.empty());
  }
}
