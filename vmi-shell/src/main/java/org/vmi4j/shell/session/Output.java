package org.vmi4j.shell.session;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output, which records its first failure, because the writers above it ignore errors.
 * After a failure nothing more is written.
 */
final class Output extends OutputStream {
  private final OutputStream out;
  private IOException failure;

  Output(OutputStream out) {
    this.out = out;
  }

  /** Returns the first failure, or null. */
  IOException failure() {
    return failure;
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run(Work work) throws IOException {
    if (failure != null) {
      throw failure;
    }
    try {
      work.run();
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void write(int b) throws IOException {
    run(() -> out.write(b));
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    run(() -> out.write(bytes, from, length));
  }

  @Override
  public void flush() throws IOException {
    run(out::flush);
  }
}
