package org.vmi4j.api.event;

/** An access to an I/O port of x86. */
public final class IoEvent extends Event {
  private int port;
  private int bytes;
  private boolean in;
  private boolean string;

  /** Creates an event that is to be filled in. */
  public IoEvent() {}

  /** The number of the port. */
  public int port() {
    return port;
  }

  /** How many bytes are transferred. */
  public int bytes() {
    return bytes;
  }

  /** Whether it reads from the port. */
  public boolean in() {
    return in;
  }

  /** Whether it is a string instruction. */
  public boolean string() {
    return string;
  }

  /** Fills in what this kind has; called by sources. */
  public IoEvent fill(int newPort, int newBytes, boolean newIn, boolean newString) {
    port = newPort;
    bytes = newBytes;
    in = newIn;
    string = newString;
    return this;
  }

  @Override
  public EventKind kind() {
    return EventKind.IO;
  }

  @Override
  public IoEvent keep() {
    return keptIn(new IoEvent().fill(port, bytes, in, string));
  }

  @Override
  public void describe(Details details) {
    details.address("port", port);
    details.number("bytes", bytes);
    details.text("direction", in ? "in" : "out");
  }
}
