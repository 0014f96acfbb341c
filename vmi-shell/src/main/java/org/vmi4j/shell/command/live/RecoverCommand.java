package org.vmi4j.shell.command.live;

import java.util.List;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventRecovery;
import org.vmi4j.events.Recovery;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.shell.command.MachineCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;

/** Brings back a guest that a killed program left monitored. */
@Command(
    name = "recover",
    description = {
      "Brings back a guest that a killed program left standing still, paused or with breakpoints in"
          + " it. It does no harm to a guest that needs none of it; a program that watches the guest"
          + " now loses its events."
    },
    footer = {"", "Example: vmi recover xen:web01"})
final class RecoverCommand extends MachineCommand {

  @Override
  protected void run(Guest guest) {
    if (!guest.vm().isLive()) {
      throw new VmiException(
          guest.vm().uri() + " does not run, so there is nothing to recover",
          Remedy.RUNNING_MACHINE);
    }
    Recovery recovery = new Recovery(guest.vm());
    List<String> found = recovery.findings();
    boolean monitored =
        guest.vm().find(EventRecovery.class).filter(EventRecovery::isMonitored).isPresent();
    if (found.isEmpty() && !monitored) {
      say(guest.vm().name() + ": nothing was left behind");
      return;
    }
    found.forEach(each -> say(guest.vm().name() + ": found " + each));
    if (monitored) {
      say(guest.vm().name() + ": found its events monitored");
    }
    session().out().flush();
    recovery.recover().forEach(each -> say(guest.vm().name() + ": " + each));
  }

  private void say(String text) {
    session().out().println(Printable.of(text));
  }
}
