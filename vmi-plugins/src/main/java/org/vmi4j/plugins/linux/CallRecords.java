package org.vmi4j.plugins.linux;

import java.time.Instant;
import org.vmi4j.os.linux.RunningTask;
import org.vmi4j.os.linux.syscall.Argument;
import org.vmi4j.os.linux.syscall.SystemCall;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;

/** Makes records of system calls. */
public final class CallRecords {
  /**
   * A system call: when it was entered, in UTC; the process and the thread that called, with their
   * names; the call, the architecture of the program, the arguments, {@code name=value} each, and
   * the result, which is the name of an error for one, and missing for a call that never returns.
   */
  public static final RecordType CALL =
      RecordType.named("call")
          .text("time")
          .number("pid")
          .text("process")
          .number("tid")
          .text("thread")
          .text("program")
          .text("call")
          .texts("arguments")
          .text("result");

  private CallRecords() {}

  /**
   * Returns the record of a call.
   *
   * @param time when it was entered, in nanoseconds since the epoch of 1970
   */
  public static Row row(long time, RunningTask task, SystemCall call) {
    return CALL.row(
        EventRecords.TIME.format(Instant.ofEpochSecond(0, time)),
        task.processId(),
        task.processName(),
        task.id(),
        task.name(),
        call.program().toString(),
        call.name(),
        call.arguments().stream().map(Argument::toString).toList(),
        call.resultText().orElse(null));
  }
}
