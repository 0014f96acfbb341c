package org.vmi4j.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A machine with Xen that is not there: a folder with the files of {@code /sys} and {@code /dev},
 * and the stand-in for Xen's libraries, compiled with gcc in the form that a release has them.
 */
final class FakeXen {
  private static final Path SOURCE = Path.of("src/test/c/fakexen.c").toAbsolutePath();

  private final Path folder;
  private final XenRelease release;

  private FakeXen(Path folder, XenRelease release) {
    this.folder = folder;
    this.release = release;
  }

  /**
   * Compiles the libraries of a release.
   *
   * @param folder an empty folder
   * @param definitions further arguments for the compiler
   */
  static FakeXen of(Path folder, XenRelease release, String... definitions)
      throws IOException, InterruptedException {
    FakeXen fake = new FakeXen(folder, release);
    Path version = Files.createDirectories(folder.resolve("root/sys/hypervisor/version"));
    Files.writeString(version.resolve("major"), release.major() + "\n");
    Files.writeString(version.resolve("minor"), release.minor() + "\n");
    for (String device : List.of("dev/xen/privcmd", "dev/xen/xenbus", "dev/xen/evtchn")) {
      Path file = folder.resolve("root").resolve(device);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    fake.compile(definitions);
    return fake;
  }

  /** The machine, for those who take one. */
  XenHost host() {
    return new XenHost(folder.resolve("root"), Optional.of(libraries()));
  }

  /** The folder with the libraries, from which a test may take one away. */
  Path libraries() {
    return folder.resolve("lib");
  }

  private void compile(String... definitions) throws IOException, InterruptedException {
    Files.createDirectories(libraries());
    Path object = libraries().resolve("fakexen.so");
    List<String> command =
        new ArrayList<>(
            List.of(
                "gcc", "-shared", "-fPIC", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"));
    command.add("-DRELEASE=" + (release.major() * 100 + release.minor()));
    command.addAll(List.of(definitions));
    command.addAll(List.of("-o", object.toString(), SOURCE.toString()));
    run(command);
    for (String name :
        List.of(
            "libxenforeignmemory.so.1",
            "libxencall.so.1",
            "libxentoolcore.so.1",
            release.isAtLeast(4, 16) ? "libxenstore.so.4" : "libxenstore.so.3",
            release.isAtLeast(4, 11)
                ? "libxenctrl.so." + release
                : "libxenctrl-" + release + ".so")) {
      Files.createSymbolicLink(libraries().resolve(name), Path.of("fakexen.so"));
    }
  }

  /** Tests on a developer's machine without a compiler are skipped; those of CI fail. */
  private static void run(List<String> command) throws IOException, InterruptedException {
    Process compiler;
    try {
      compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue("true".equals(System.getenv("CI")), "gcc is missing: apt-get install gcc");
      throw e;
    }
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(compiler.waitFor()).as(said).isZero();
  }
}
