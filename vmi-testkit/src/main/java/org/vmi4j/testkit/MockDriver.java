package org.vmi4j.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
  private static final Map<String, Vm> OFFERED = new ConcurrentHashMap<>();

  /** For {@link java.util.ServiceLoader}. */
  public MockDriver() {}

  /** A machine that can be opened until this is closed, which does not close the machine. */
  public static final class Offer implements AutoCloseable {
    private final Vm vm;

    private Offer(Vm vm) {
      this.vm = vm;
    }

    /** The URI that opens the machine. */
    public String uri() {
      return SCHEME + ":" + vm.name();
    }

    @Override
    public void close() {
      OFFERED.remove(vm.name(), vm);
    }
  }

  /**
   * Offers a machine. Whoever opens it gets this very object, and closes it.
   *
   * @throws IllegalArgumentException if another machine of this name is offered
   */
  public static Offer offer(Vm vm) {
    if (OFFERED.putIfAbsent(vm.name(), vm) != null) {
      throw new IllegalArgumentException("a machine named " + vm.name() + " is offered already");
    }
    return new Offer(vm);
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
    Vm offered = OFFERED.get(uri.rest());
    if (offered == null) {
      throw new VmiException("no test offers a machine named " + uri.rest());
    }
    return offered;
  }
}
