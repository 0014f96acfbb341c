import org.vmi4j.shell.command.CommandFamily;

/** The command line of vmi4j and its shell. */
module org.vmi4j.shell {
  requires org.vmi4j.api;
  requires org.vmi4j.profiles;
  requires org.vmi4j.events;
  requires org.vmi4j.os;
  requires org.vmi4j.plugins;
  requires com.google.common;
  requires info.picocli;
  requires org.jline.reader;
  requires org.jline.terminal;

  uses CommandFamily;

  provides CommandFamily with
      org.vmi4j.shell.command.host.HostCommands,
      org.vmi4j.shell.command.machine.MachineCommands,
      org.vmi4j.shell.command.process.ProcessCommands,
      org.vmi4j.shell.command.kernel.KernelCommands,
      org.vmi4j.shell.command.types.TypeCommands,
      org.vmi4j.shell.command.memory.MemoryCommands,
      org.vmi4j.shell.command.live.LiveCommands,
      org.vmi4j.shell.ShellCommands;

  opens org.vmi4j.shell to
      info.picocli;
  opens org.vmi4j.shell.command to
      info.picocli;
  opens org.vmi4j.shell.command.host to
      info.picocli;
  opens org.vmi4j.shell.command.machine to
      info.picocli;
  opens org.vmi4j.shell.command.process to
      info.picocli;
  opens org.vmi4j.shell.command.kernel to
      info.picocli;
  opens org.vmi4j.shell.command.types to
      info.picocli;
  opens org.vmi4j.shell.command.memory to
      info.picocli;
  opens org.vmi4j.shell.command.live to
      info.picocli;
  opens org.vmi4j.shell.complete to
      info.picocli;
}
