package org.vmi4j.samples;

import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/** Lists the processes of a guest, as ps would in it. */
public final class ListProcesses {

  private ListProcesses() {}

  /** Takes the URI of a machine, {@code file:guest.elf} for example. */
  public static void main(String[] arguments) {
    try (Vm vm = Vmi.open(arguments[0])) {
      for (LinuxProcess process : Linux.detect(vm).processes()) {
        try {
          System.out.printf("%6d %s%n", process.id(), process.commandLine());
        } catch (MemoryFault e) {
          // The machine keeps running: the process has ended meanwhile.
          System.err.println(process + " is skipped: " + e.getMessage());
        }
      }
    }
  }
}
