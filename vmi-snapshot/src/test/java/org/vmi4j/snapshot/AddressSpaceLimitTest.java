package org.vmi4j.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;

/** An image that does not fit the address space that a JVM of its own is permitted. */
class AddressSpaceLimitTest {
  private static final long SIZE = 64L << 30;
  private static final int LIMIT_KIB = 8 << 20;

  @TempDir Path folder;

  @Test
  @Timeout(60)
  void theLimitIsNamed() throws IOException, InterruptedException {
    Path image = folder.resolve("large.raw");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
      file.write(1);
    }
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -v " + LIMIT_KIB + " && exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                image.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(50, TimeUnit.SECONDS)).as("the child ends").isTrue();
      assertThat(Files.readString(output))
          .contains("cannot read " + image)
          .contains("no address space left to map it; permit more (ulimit -v unlimited)");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Opens an image, and prints why it cannot. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      try (Vm vm = Vmi.open("file:" + arguments[0])) {
        System.out.println("opened " + vm);
      } catch (VmiException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
