package org.vmi4j.shell.command.live;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.SingleStepEvent;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.shell.ShellLine;
import org.vmi4j.shell.session.Session;
import org.vmi4j.testkit.MockDriver;
import org.vmi4j.testkit.MockEvents;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockViews;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.Operations;

/** The bundled guest as a machine that runs, whose events a test fires. */
final class WatchedGuest implements AutoCloseable {
  /** The time of the first event, in nanoseconds since the epoch; others follow it at once. */
  static final long TIME = 1_700_000_000_123_456_789L;

  private static final Path IMAGE =
      Path.of("")
          .toAbsolutePath()
          .getParent()
          .resolve("lab/guest/bundled/debian12-amd64/memory.elf.xz");

  private final Vm image = Vmi.open("file:" + IMAGE);
  private final Linux linux = Linux.detect(image);
  private final MockMemory memory;
  private final MockEvents source;
  private final MockViews views;
  private final MockDriver.Offer offer;
  private final Map<Class<? extends Capability>, Supplier<?>> capabilities = new HashMap<>();
  private long sequence;

  /** How a command went. */
  record Run(int code, String out, String err) {}

  WatchedGuest() {
    memory = MockMemory.over(image.physicalMemory(), image.physicalMemory().end()).writable();
    source = new MockEvents(memory.operations());
    views = new MockViews(memory.operations(), 1);
    with(EventSource.class, () -> source).with(FrameRights.class, () -> views);
    offer = MockDriver.offer("guest", this::open);
  }

  /** A machine that is closed cannot be opened again: each command has one of its own. */
  private MockVm open() {
    MockVm vm =
        new MockVm("guest", memory)
            .architecture(Architecture.X86_64)
            .registers(image.require(Vcpus.class).registers())
            .live();
    capabilities.forEach((type, maker) -> add(vm, type, maker));
    return vm;
  }

  private static <C extends Capability> void add(MockVm vm, Class<C> type, Supplier<?> maker) {
    vm.with(type, type.cast(maker.get()));
  }

  /** Gives the guest one more capability, made anew each time it is opened. */
  <C extends Capability> WatchedGuest with(Class<C> type, Supplier<? extends C> maker) {
    capabilities.put(type, maker);
    return this;
  }

  Path imagePath() {
    return IMAGE;
  }

  Linux linux() {
    return linux;
  }

  MockMemory memory() {
    return memory;
  }

  Operations operations() {
    return memory.operations();
  }

  MockEvents source() {
    return source;
  }

  MockViews views() {
    return views;
  }

  String uri() {
    return offer.uri();
  }

  /** Runs a command in a session of its own. */
  Run run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    return run(out, arguments);
  }

  Run run(OutputStream out, String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try (Session session = new Session(out, new PrintStream(err, true, StandardCharsets.UTF_8))) {
      code = ShellLine.execute(session, arguments);
    }
    String printed =
        out instanceof ByteArrayOutputStream bytes ? bytes.toString(StandardCharsets.UTF_8) : "";
    return new Run(code, printed, err.toString(StandardCharsets.UTF_8));
  }

  long symbol(String name) {
    return linux.symbols().address(name).orElseThrow();
  }

  long physical(long address) {
    return Lookup.physical(linux.addressSpace().lookup(address));
  }

  /** Lets the processor execute a process, as the kernel notes it. */
  void execute(int vcpu, LinuxProcess process) {
    long variable = symbol("current_task") + linux.addressSpace().readLong(offsetOf(vcpu));
    memory.putLong(physical(variable), process.address());
  }

  private long offsetOf(int vcpu) {
    return symbol("__per_cpu_offset") + (long) vcpu * Long.BYTES;
  }

  void rename(LinuxProcess process, byte... name) {
    long member =
        linux
            .profile()
            .types()
            .struct("task_struct")
            .orElseThrow()
            .field("comm")
            .orElseThrow()
            .offset();
    memory.put(physical(process.address() + member), name);
  }

  RegisterWriteEvent cr3Write(int vcpu, long value) {
    return at(vcpu, symbol("schedule") + 4, new RegisterWriteEvent().fill(X86.CR3, value, 0x1000));
  }

  CpuidEvent cpuid(int vcpu, long rip, int leaf) {
    return at(vcpu, rip, new CpuidEvent().fill(leaf, 0, 2));
  }

  SingleStepEvent step(long rip) {
    return at(0, rip, new SingleStepEvent().fill(0));
  }

  BreakpointEvent int3(long rip) {
    return at(0, rip, new BreakpointEvent().fill(physical(rip), 1, 6));
  }

  MemoryAccessEvent access(long pa, boolean read, boolean write) {
    return at(
        0,
        symbol("schedule"),
        new MemoryAccessEvent().fill(pa, 0, false, read, write, false, false));
  }

  <E extends Event> E at(int vcpu, long rip, E event) {
    RegisterValues values = new RegisterValues(Architecture.X86_64);
    values.set(X86.RIP, rip).set(X86.RSP, 0xffff_ffff_8100_0800L).set(X86.CR3, 0x1000);
    sequence++;
    event.begin(sequence, TIME + sequence, vcpu, 0, true, EventRegisters.of(values));
    return event;
  }

  List<MockEvents.Answer> answers() {
    return source.answers();
  }

  @Override
  public void close() {
    offer.close();
    image.close();
  }
}
