package org.vmi4j.samples;

import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;

/** Searches the memory of every process for a text, for example a leaked key. */
public final class FindSecrets {

  private FindSecrets() {}

  /** Takes the URI of a machine and the text. */
  public static void main(String[] arguments) {
    BytePattern secret = BytePattern.ofText(arguments[1]);
    try (Vm vm = Vmi.open(arguments[0])) {
      for (LinuxProcess process : Linux.detect(vm).processes()) {
        if (process.hasUserMemory()) {
          try {
            search(process, secret);
          } catch (MemoryFault e) {
            // The machine keeps running: the process has ended meanwhile.
            System.err.println(process + " is skipped: " + e.getMessage());
          }
        }
      }
    }
  }

  private static void search(LinuxProcess process, BytePattern secret) {
    for (MemoryRegion region : process.regions()) {
      secret.search(
          process.addressSpace(),
          region.start(),
          region.end(),
          Progress.NONE,
          address -> {
            System.out.printf("%s: 0x%x in %s%n", process, address, region.backing().name());
            return true;
          });
    }
  }
}
