package org.vmi4j.shell.command.machine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.dump.MachineCore;
import org.vmi4j.api.elf.ElfNote;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.core.ProcessCore;
import org.vmi4j.shell.command.MachineCommand;
import org.vmi4j.shell.command.WriteOptions;
import org.vmi4j.shell.complete.ProcessIds;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the memory of a machine or of a process to a file. */
@Command(
    name = "dump",
    description = {
      "Writes the whole machine as an ELF core, with the registers of its processors, for vmi, crash"
          + " and gdb; or with --pid the memory of a process, for gdb.",
      "The file appears when it is complete, readable for you alone."
    },
    footer = {
      "",
      "Examples: vmi dump file:guest.lime --write guest.elf",
      "          vmi dump xen:web01 --pause -w web01.elf",
      "          vmi dump file:guest.elf --pid 1 -w init.core"
    })
final class DumpCommand extends MachineCommand {
  @Mixin private WriteOptions target;

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      completionCandidates = ProcessIds.class,
      description = "The memory of this process only; the file is core.PID unless named.")
  private Integer pid;

  @Option(
      names = "--pause",
      description = "Pause the machine while it is written, for a consistent dump.")
  private boolean pause;

  @Override
  protected void run(Guest guest) {
    if (pid != null) {
      Linux linux = guest.linux();
      whilePaused(guest.vm(), () -> process(linux.process(pid)));
    } else if (target.file().isEmpty()) {
      throw wrong("name the file to write with --write FILE, or a process with --pid");
    } else {
      machine(guest.vm());
    }
  }

  void machine(Vm vm) {
    List<ElfNote> notes = vmcoreInfo(vm).map(List::of).orElse(List.of());
    whilePaused(vm, () -> machine(vm, notes));
  }

  private void whilePaused(Vm vm, Runnable work) {
    Pausing.Pause paused = pause ? vm.require(Pausing.class).pause() : () -> {};
    try {
      work.run();
    } finally {
      paused.close();
    }
  }

  private void machine(Vm vm, List<ElfNote> notes) {
    MachineCore core = MachineCore.of(vm, notes, session().progress());
    Path file = target.file().orElseThrow();
    long written = core.write(file, target.replace(), session().progress());
    tell(core.bytes(), vm.uri(), file);
    if (vm.architecture().isEmpty()) {
      session()
          .inform(
              "the architecture of the machine is not known, so that the file states none (EM_NONE):"
                  + " vmi opens it, gdb and crash do not");
    }
    if (written < core.bytes()) {
      session()
          .incomplete(
              (core.bytes() - written)
                  + " bytes were released by the machine meanwhile, and are zeros in the file");
    }
  }

  /** Returns the VMCOREINFO that crash needs for a Linux kernel relocated by KASLR. */
  private Optional<ElfNote> vmcoreInfo(Vm vm) {
    return Linux.vmcoreInfo(vm, session().progress())
        .map(text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)))
        .map(text -> new ElfNote("VMCOREINFO", 0, text));
  }

  private void process(LinuxProcess process) {
    Path file = target.file().orElseGet(() -> Path.of("core." + process.id()));
    ProcessCore core = process.core(session().progress());
    core.write(file, target.replace(), session().progress());
    tell(core.bytes(), "process " + process, file);
    core.broken().ifPresent(session()::incomplete);
  }

  private void tell(long bytes, String source, Path file) {
    session().inform(bytes + " bytes of " + source + " written to " + file);
  }
}
