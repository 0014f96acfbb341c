package org.vmi4j.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.VmDriver;

/**
 * Opens machines that a test offers in the same JVM, so that what takes a URI can be tested with a
 * {@link MockVm}: {@code mock:NAME}.
 */
public final class MockDriver implements VmDriver {
  static final String SCHEME = "mock";
  private static final Map<String, Supplier<? extends Vm>> OFFERED = new ConcurrentHashMap<>();

  /** For {@link java.util.ServiceLoader}. */
  public MockDriver() {}

  /** A machine that can be opened until this is closed, which closes no machine. */
  public static final class Offer implements AutoCloseable {
    private final String name;
    private final Supplier<? extends Vm> machine;

    private Offer(String name, Supplier<? extends Vm> machine) {
      this.name = name;
      this.machine = machine;
    }

    /** The URI that opens the machine. */
    public String uri() {
      return SCHEME + ":" + name;
    }

    @Override
    public void close() {
      OFFERED.remove(name, machine);
    }
  }

  /**
   * Offers a machine.
   *
   * @param name its name
   * @param machine makes what is opened, each time it is; whoever opens it closes it
   * @throws IllegalArgumentException if another machine of this name is offered
   */
  public static Offer offer(String name, Supplier<? extends Vm> machine) {
    if (OFFERED.putIfAbsent(name, machine) != null) {
      throw new IllegalArgumentException("a machine named " + name + " is offered already");
    }
    return new Offer(name, machine);
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public String help() {
    return "a machine that a test offers, such as mock:guest";
  }

  @Override
  public Vm open(VmUri uri) {
    Supplier<? extends Vm> offered = OFFERED.get(uri.rest());
    if (offered == null) {
      throw new VmiException("no test offers a machine named " + uri.rest());
    }
    return offered.get();
  }
}
