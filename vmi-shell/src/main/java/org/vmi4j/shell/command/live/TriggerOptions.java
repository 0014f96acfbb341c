package org.vmi4j.shell.command.live;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.EventKind;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.events.Access;
import org.vmi4j.events.PageRange;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Option;

/** The options that name what is watched. */
final class TriggerOptions {
  @Option(names = "--cr3", description = "Writes to CR3: changes of the address space.")
  private boolean cr3;

  @Option(names = "--cpuid", description = "The instruction CPUID.")
  private boolean cpuid;

  @Option(
      names = "--msr",
      paramLabel = "MSR",
      description = "Writes to a model-specific register: lstar, or its number.")
  private List<String> msrs = List.of();

  @Option(
      names = "--write",
      paramLabel = "PA",
      description = "Writes to the page at a physical address.")
  private List<String> writes = List.of();

  @Option(
      names = "--exec",
      paramLabel = "PA",
      description = "Instructions executed in the page at a physical address.")
  private List<String> executions = List.of();

  @Option(
      names = "--read",
      paramLabel = "PA",
      description = "Reads from the page at a physical address.")
  private List<String> reads = List.of();

  @Option(
      names = "--break",
      paramLabel = "SYMBOL[+OFFSET]",
      completionCandidates = SymbolNames.class,
      description = {
        "The instruction at a symbol or address of the kernel,",
        "or with --pid at an address of the process."
      })
  private List<String> breakpoints = List.of();

  @Option(names = "--step", description = "Every instruction.")
  private boolean step;

  /**
   * Returns what is watched; changes nothing.
   *
   * @param program the address space of the process whose events are selected, or the kernel's
   * @throws IllegalArgumentException if an option's value is not valid
   * @throws VmiException if something does not exist in the guest, or cannot be watched
   */
  List<Trigger> of(Guest guest, EventFeatures features, AddressSpaces program) {
    List<Trigger> triggers = new ArrayList<>();
    if (cr3) {
      triggers.add(new Trigger.Control(X86.CR3));
    }
    if (cpuid) {
      triggers.add(new Trigger.Cpuid());
    }
    msrs.forEach(text -> triggers.add(msr(text)));
    writes.forEach(text -> triggers.add(page(guest, text, Access.WRITE)));
    executions.forEach(text -> triggers.add(page(guest, text, Access.EXECUTE)));
    reads.forEach(text -> triggers.add(page(guest, text, Access.READ)));
    if (step) {
      triggers.add(new Trigger.Step());
    }
    EventKind hit =
        features.kinds().contains(EventKind.PRIVILEGED_CALL)
                && !features.kinds().contains(EventKind.BREAKPOINT)
            ? EventKind.PRIVILEGED_CALL
            : EventKind.BREAKPOINT;
    triggers.forEach(trigger -> require(guest, features, trigger.kind()));
    for (String text : breakpoints) {
      require(guest, features, hit);
      long address = Addresses.parse(guest, text);
      triggers.add(new Trigger.Instruction(mapped(program, text, address), address, hit));
    }
    return triggers;
  }

  /** Returns the address space that an address belongs to. */
  interface AddressSpaces {
    AddressSpace of(long address);
  }

  private static void require(Guest guest, EventFeatures features, EventKind kind) {
    if (!features.kinds().contains(kind)) {
      String why = features.missing().get(kind.toString());
      throw new VmiException(
          guest.vm().uri()
              + " does not report "
              + kind
              + (why == null ? "" : ": " + why)
              + "; \"vmi info\" lists what it reports");
    }
  }

  private static Trigger msr(String text) {
    OptionalInt number = Msrs.parse(text);
    if (number.isEmpty()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no model-specific register; write its number, or " + Msrs.names());
    }
    return new Trigger.Msr(number.getAsInt());
  }

  private static Trigger page(Guest guest, String text, Access access) {
    OptionalLong address = Addresses.number(text);
    if (address.isEmpty()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no physical address; write 0x1a2b000 (\"vmi translate\" shows that of a"
              + " virtual address)");
    }
    long at = address.getAsLong();
    if (at < 0 || at >= guest.vm().physicalMemory().end()) {
      throw new VmiException(
          "the guest has no memory at physical address 0x"
              + Long.toHexString(at)
              + ": its memory ends at 0x"
              + Long.toHexString(guest.vm().physicalMemory().end()));
    }
    if (!guest.vm().physicalMemory().isPresent(at)) {
      throw new VmiException("the guest has no page at physical address 0x" + Long.toHexString(at));
    }
    return new Trigger.Page(PageRange.ofPage(at), access);
  }

  private static AddressSpace mapped(AddressSpaces program, String text, long address) {
    AddressSpace space = program.of(address);
    if (!Lookup.isMapped(space.lookup(address))) {
      throw new VmiException(
          "there is no page at "
              + text
              + (text.startsWith("0x") ? "" : ", 0x" + Long.toHexString(address))
              + ": "
              + space.translate(address));
    }
    return space;
  }
}
