package org.vmi4j.shell.command;

import org.vmi4j.os.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A command that looks into a guest, and prints what it sees in the form that is asked for. */
@Command
public abstract class GuestCommand extends MachineCommand {
  @Mixin private OutputOptions output;

  protected final OutputOptions output() {
    return output;
  }

  /** Prints rows, and after them where the guest's list broke, if it did. */
  protected final void print(Table table, Listing<?> listing) {
    output.print(session(), table);
    listing.broken().ifPresent(session()::incomplete);
  }
}
