package org.vmi4j.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.lifecycle.Teardown.Stage;
import org.vmi4j.api.memory.PhysicalMemory;

/**
 * A virtual machine in memory of the JVM. Its capabilities are those that a test gives it: without
 * {@link #registers} it has no {@link Vcpus}, without {@link #pausable} no {@link Pausing}. Every
 * operation on it and on its memory is in one {@linkplain #operations log}, where faults are
 * injected too.
 */
public final class MockVm implements Vm {
  private final String name;
  private final PhysicalMemory memory;
  private final Operations operations;
  private final Teardown teardown;
  private final Map<Class<? extends Capability>, Capability> capabilities = new HashMap<>();
  private Optional<Architecture> architecture = Optional.empty();
  private boolean live;

  /**
   * Creates a machine of unknown architecture, without capabilities.
   *
   * @param name its name
   * @param memory its memory, which it opens and owns
   */
  public MockVm(String name, MockMemory memory) {
    this(name, memory.open(), memory.operations());
  }

  /**
   * Creates a machine of unknown architecture, without capabilities, over memory of any source; the
   * log has no operations of it.
   *
   * @param name its name
   * @param memory its memory, which it owns
   */
  public MockVm(String name, PhysicalMemory memory) {
    this(name, memory, new Operations());
  }

  private MockVm(String name, PhysicalMemory memory, Operations operations) {
    this.name = name;
    this.memory = memory;
    this.operations = operations;
    this.teardown = new Teardown("the machine " + name, Stage.GUESTS);
    teardown.own(memory::close);
  }

  /** Sets the architecture of the machine. */
  public MockVm architecture(Architecture known) {
    architecture = Optional.of(known);
    return this;
  }

  /** Makes it a machine that runs, whose memory changes while it is read. */
  public MockVm live() {
    live = true;
    return this;
  }

  /** Gives the machine virtual processors with these registers. */
  public MockVm registers(List<RegisterValues> vcpus) {
    return with(Vcpus.class, new MockVcpus(Vcpus.recorded(vcpus), operations));
  }

  /** Lets the machine be paused. Nothing runs in it, so a pause is only logged. */
  public MockVm pausable() {
    return with(
        Pausing.class,
        () -> {
          operations.perform(Operation.Kind.PAUSE, 0);
          return () -> operations.perform(Operation.Kind.UNPAUSE, 0);
        });
  }

  /** Gives the machine a capability. */
  public <C extends Capability> MockVm with(Class<C> type, C capability) {
    capabilities.put(type, capability);
    return this;
  }

  /** The operations on this machine and on its memory. */
  public Operations operations() {
    return operations;
  }

  @Override
  public String name() {
    return name;
  }

  /** The URI that opens this machine while {@link MockDriver} offers it. */
  @Override
  public String uri() {
    return MockDriver.SCHEME + ":" + name;
  }

  @Override
  public String description() {
    return "a machine in memory";
  }

  /** A machine that can be paused runs. */
  @Override
  public boolean isLive() {
    return live;
  }

  @Override
  public Optional<Architecture> architecture() {
    return architecture;
  }

  @Override
  public PhysicalMemory physicalMemory() {
    return memory;
  }

  @Override
  public <C extends Capability> Optional<C> find(Class<C> type) {
    return Optional.ofNullable(type.cast(capabilities.get(type)));
  }

  @Override
  public Teardown teardown() {
    return teardown;
  }

  @Override
  public void close() {
    operations.perform(Operation.Kind.CLOSE, 0);
    teardown.close();
  }
}
