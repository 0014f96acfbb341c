package org.vmi4j.shell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code vmi} in a checkout of its own, where Maven, the JDK and apt-get are scripts
 * that write down what is asked of them.
 */
class LauncherTest {
  private static final Path SCRIPT = Path.of("").toAbsolutePath().resolveSibling("vmi");
  private static final String UNPRIVILEGED = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  @TempDir private Path folder;
  private Path checkout;
  private Path jdk;
  private Path tools;

  private record Run(int exit, String out, String err) {}

  /** Prints the characters of its argument. */
  static final class Echo {
    private Echo() {}

    public static void main(String[] arguments) {
      System.out.println(arguments[0].chars().mapToObj(Integer::toHexString).toList());
    }
  }

  @BeforeEach
  void newCheckout() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    checkout = Files.createDirectories(folder.resolve("a checkout"));
    Files.copy(SCRIPT, checkout.resolve("vmi"));
    Files.createFile(checkout.resolve("pom.xml"));
    Files.createDirectories(checkout.resolve("vmi-shell/src/main"));
    Files.createFile(checkout.resolve("vmi-shell/pom.xml"));
    script(
        checkout.resolve("mvnw"),
        "echo built >>built; mkdir -p vmi-shell/target/vmi-shell/lib",
        "touch vmi-shell/target/vmi-shell/lib/vmi-shell-1.jar");
    jdk = folder.resolve("jdk");
    script(jdk.resolve("bin/javac"), "echo javac 17.0.1");
    script(
        jdk.resolve("bin/java"),
        "for option; do case $option in",
        "-XX:ArchiveClassesAtExit=*) head -c 100000 /dev/urandom >\"${option#*=}\"; exit ;;",
        "esac; done",
        "printf '%s\\n' \"$@\"");
    release("17.0.1+12");
    tools = folder.resolve("tools");
    script(tools.resolve("apt-get"), "touch '" + folder.resolve("installed") + "'; exit 1");
  }

  @Test
  void firstRunBuildsAndLaterOnesDoNot() throws Exception {
    assertThat(vmi("list")).satisfies(LauncherTest::succeeded);
    assertThat(vmi("list")).satisfies(LauncherTest::succeeded);
    assertThat(Files.readAllLines(checkout.resolve("built"))).hasSize(1);

    Files.setLastModifiedTime(
        checkout.resolve("vmi-shell/pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    vmi("list");
    assertThat(Files.readAllLines(checkout.resolve("built"))).hasSize(2);
  }

  @Test
  void runsThroughASymbolicLinkAndPassesArgumentsOn() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), checkout.resolve("vmi"));
    Run run = run("'" + link + "' ps 'file:a b'", Map.of());
    assertThat(run).satisfies(LauncherTest::succeeded);
    assertThat(run.out).contains("\nps\nfile:a b\n");
  }

  @Test
  void compilerThatCannotStartIsReportedAndNothingIsInstalled() throws Exception {
    script(
        jdk.resolve("bin/javac"), "echo 'Could not reserve enough space for object heap'; exit 1");
    Run run = run("ulimit -v 4000000; ./vmi list", Map.of());
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.err)
        .contains("javac cannot start: Could not reserve enough space for object heap")
        .contains("limited to 4000000 KiB; raise the limit: ulimit -v unlimited");
    assertThat(folder.resolve("installed")).doesNotExist();
    assertThat(vmi("list").err).contains("cannot start").contains("set JAVA_HOME");
  }

  @Test
  void compilerThatEndsInSilenceIsReportedByItsExitCode() throws Exception {
    script(jdk.resolve("bin/javac"), "exit 139");
    Run run = vmi("list");
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.err).contains("javac cannot start: it ends with exit code 139");
  }

  @Test
  void tooFewFilesAreReported() throws Exception {
    Run run = run("ulimit -n 20; ./vmi list", Map.of());
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.err)
        .isEqualTo(
            "vmi: only 20 files may be open at once, and Java alone opens about 30; raise the limit: ulimit -n 1024\n");
  }

  @Test
  void anotherReleaseOfTheJdkHasAnotherArchive() throws Exception {
    assertThat(vmi("list").out).contains("-XX:SharedArchiveFile=" + archive("17.0.1+12"));
    release("17.0.1+13");
    assertThat(vmi("list").out).contains("-XX:SharedArchiveFile=" + archive("17.0.1+13"));
    assertThat(archive("17.0.1+13")).exists();
  }

  @Test
  void damagedArchiveIsMadeAnew() throws Exception {
    vmi("list");
    Path archive = archive("17.0.1+12");
    byte[] whole = Files.readAllBytes(archive);
    byte[] other = whole.clone();
    other[50_000] ^= 1;
    for (byte[] damaged : List.of(new byte[0], Arrays.copyOf(whole, 50_000), other)) {
      Files.write(archive, damaged);
      assertThat(vmi("list")).satisfies(LauncherTest::succeeded);
      assertThat(Files.readAllBytes(archive)).hasSameSizeAs(whole).isNotEqualTo(damaged);
    }
  }

  @Test
  void readOnlyCheckoutRunsWithoutAnArchiveThatItCannotMake() throws Exception {
    vmi("list");
    release("17.0.1+13");
    Run run = readOnly();
    assertThat(run).satisfies(LauncherTest::succeeded);
    assertThat(run.out).doesNotContain("SharedArchiveFile");
  }

  @Test
  void readOnlyCheckoutThatHasToBeBuiltSaysByWhom() throws Exception {
    Run run = readOnly();
    assertThat(run.exit).isEqualTo(1);
    assertThat(run.err)
        .contains("has to be built", "cannot write in " + checkout.resolve("vmi-shell"))
        .contains("run it as the owner once (" + checkout.resolve("vmi") + " --help)");
  }

  @Test
  void namesBeyondAsciiReachJavaInTheLocaleC() throws Exception {
    Path real = Path.of(System.getProperty("java.home"), "bin/java");
    script(
        jdk.resolve("bin/java"),
        "exec '"
            + real
            + "' -cp '"
            + System.getProperty("java.class.path")
            + "' '"
            + Echo.class.getName()
            + "' \"${@: -1}\"");
    for (Map<String, String> locale :
        List.of(
            Map.of("LANG", "C", "LC_ALL", "", "LC_CTYPE", ""),
            Map.of("LC_ALL", "C"),
            Map.of("LC_ALL", "", "LC_CTYPE", "", "LANG", "xx_YY.UTF-8"))) {
      Run run = run("./vmi ps 'file:/tmp/\u00fcn\u00ef'", locale);
      assertThat(run.out)
          .as("%s", locale)
          .isEqualTo("[66, 69, 6c, 65, 3a, 2f, 74, 6d, 70, 2f, fc, 6e, ef]\n");
    }
  }

  @Test
  void temporaryFolderIsOneThatCanBeWritten() throws Exception {
    assertThat(run("./vmi list", Map.of("TMPDIR", folder.resolve("absent").toString())).out)
        .contains("-Djava.io.tmpdir=/tmp\n");
    assertThat(run("./vmi list", Map.of("TMPDIR", folder.toString())).out)
        .contains("-Djava.io.tmpdir=" + folder + "\n");
    assertThat(leftOvers()).isEmpty();
  }

  private List<Path> leftOvers() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().contains(".vmi-")).toList();
    }
  }

  /** Runs it as somebody who cannot write in the checkout. */
  private Run readOnly() throws Exception {
    if (Files.getOwner(folder).getName().equals("root")) {
      return run(UNPRIVILEGED + "./vmi list", Map.of());
    }
    try (Stream<Path> all = Files.walk(checkout)) {
      for (Path each : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r-xr-xr-x"));
      }
    }
    try {
      return vmi("list");
    } finally {
      try (Stream<Path> all = Files.walk(checkout)) {
        for (Path each : all.filter(Files::isDirectory).toList()) {
          Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
  }

  private Path archive(String version) {
    return checkout.resolve("vmi-shell/target/vmi-shell/classes-Somebody-" + version + ".jsa");
  }

  private void release(String version) throws IOException {
    Files.writeString(
        jdk.resolve("release"),
        "IMPLEMENTOR=\"Somebody\"\nJAVA_RUNTIME_VERSION=\""
            + version
            + "\"\nJAVA_VERSION=\"17.0.1\"\n");
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void succeeded(Run run) {
    assertThat(run.exit).as(run.err).isZero();
  }

  private Run vmi(String command) throws IOException, InterruptedException {
    return run("./vmi " + command, Map.of());
  }

  private Run run(String command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", command)
            .directory(checkout.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
    builder.environment().putAll(environment);
    int exit = builder.start().waitFor();
    return new Run(exit, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }
}
