package org.vmi4j.plugins.linux;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.vmi4j.api.event.Event;
import org.vmi4j.os.linux.LinuxSymbols;
import org.vmi4j.os.linux.RunningTask;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;

/** Makes records of the events of a running machine. */
public final class EventRecords {
  /**
   * An event: when it arrived, in UTC with microseconds; its number; the virtual processor; its
   * kind; the process and the thread in which it happened, with their names; the address of the
   * instruction, and the symbol of the kernel there; and what is peculiar to its kind, {@code
   * name=value} each. What is not known has no value.
   */
  public static final RecordType EVENT =
      RecordType.named("event")
          .text("time")
          .number("sequence")
          .number("vcpu")
          .text("event")
          .number("pid")
          .text("process")
          .number("tid")
          .text("thread")
          .hex("address")
          .text("symbol")
          .texts("details");

  static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Code that is larger and has no symbol in it is none of the kernel's functions. */
  private static final long MOST_DISTANCE = 1 << 20;

  private final Optional<LinuxSymbols> symbols;

  /**
   * Creates what makes records.
   *
   * @param symbols names the addresses of instructions, if there is anything that does
   */
  public EventRecords(Optional<LinuxSymbols> symbols) {
    this.symbols = symbols;
  }

  /**
   * Returns the record of an event.
   *
   * @param task the task in which it happened, if it is known
   * @param next the process whose page tables are used from then on, if the event changes them and
   *     it is known: the detail {@code to}
   */
  public Row row(Event event, Optional<RunningTask> task, Optional<RunningTask> next) {
    List<String> details = details(event);
    next.ifPresent(to -> details.add("to=" + to.processId() + " " + to.processName()));
    Long address = event.hasProgramCounter() ? event.programCounter() : null;
    return EVENT.row(
        TIME.format(Instant.ofEpochSecond(0, event.time())),
        event.sequence(),
        event.vcpu(),
        event.kind().toString(),
        task.map(RunningTask::processId).orElse(null),
        task.map(RunningTask::processName).orElse(null),
        task.map(RunningTask::id).orElse(null),
        task.map(RunningTask::name).orElse(null),
        address,
        address == null ? null : symbol(address),
        details);
  }

  /** Names an address of the kernel, in the upper half of the address space. */
  private String symbol(long address) {
    return address >= 0
        ? null
        : symbols
            .flatMap(known -> known.nearest(address))
            .filter(found -> address - found.symbol().address() < MOST_DISTANCE)
            .map(found -> found.describe(address))
            .orElse(null);
  }

  private static List<String> details(Event event) {
    List<String> details = new ArrayList<>();
    event.describe(
        new Event.Details() {
          @Override
          public void number(String name, long value) {
            text(name, Long.toString(value));
          }

          @Override
          public void address(String name, long value) {
            text(name, "0x" + Long.toHexString(value));
          }

          @Override
          public void text(String name, String value) {
            details.add(name + "=" + value);
          }
        });
    return details;
  }
}
