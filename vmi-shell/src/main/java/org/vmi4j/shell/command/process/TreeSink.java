package org.vmi4j.shell.command.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import org.vmi4j.plugins.linux.LinuxRecords;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.plugins.record.RecordSink;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;

/** Writes the tree of processes as text: one line per process, indented below its parent. */
public final class TreeSink implements RecordSink {
  /** The maximum indentation: no valid tree is deeper, and a forged one would print only margin. */
  private static final int DEEPEST_SHOWN = 100;

  private static final int PID = column("pid");
  private static final int DEPTH = column("depth");
  private static final int NAME = column("name");
  private static final int COMMAND = column("command");

  private final Writer out;

  /** Creates a sink for {@link LinuxRecords#NODE}. */
  public TreeSink(Writer out) {
    this.out = out;
  }

  private static int column(String key) {
    return LinuxRecords.NODE.index(key);
  }

  @Override
  public void begin(RecordType type) {}

  @Override
  public void write(Row row) {
    int depth = (Integer) row.value(DEPTH).orElse(0);
    String name = row.text(NAME);
    String command = row.text(COMMAND);
    // Kernel threads have no command line, only a name.
    String shown = command.equals("[" + name + "]") ? name : name + "  " + command;
    try {
      out.write("  ".repeat(Math.min(depth, DEEPEST_SHOWN)));
      out.write(row.text(PID) + " " + Printable.of(shown) + System.lineSeparator());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
