package org.vmi4j.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.shell.session.ExitCode;
import org.vmi4j.shell.session.Session;

/** Runs the commands on the bundled guest as a user would, and reads what they print. */
class CommandsTest {
  private static final Path BUNDLED =
      Path.of("").toAbsolutePath().getParent().resolve("lab/guest/bundled/debian12-amd64");
  private static final String GUEST = "file:" + BUNDLED.resolve("memory.elf.xz");

  @TempDir private Path folder;

  private record Run(int code, String out, String err) {}

  private static Run vmi(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code;
    try (Session session =
        new Session(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))) {
      code = Commands.execute(session, arguments);
    }
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static String good(String... arguments) {
    Run run = vmi(arguments);
    assertThat(run.err()).as(String.join(" ", arguments)).isEmpty();
    assertThat(run.code()).isZero();
    return run.out();
  }

  private static String pid() throws IOException {
    return Files.readString(BUNDLED.resolve("truth/target.txt")).strip();
  }

  /** The keys of the first object of a JSON document, which must be valid to its end. */
  private static List<String> keys(String document) throws IOException {
    List<String> keys = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(document)) {
      int depth = 0;
      int first = -1;
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token == JsonToken.START_OBJECT && first < 0) {
          first = depth;
        }
        if (token == JsonToken.FIELD_NAME && depth == first && !keys.contains(json.currentName())) {
          keys.add(json.currentName());
        }
      }
      assertThat(depth).isZero();
    }
    return keys;
  }

  @Test
  void psHasItsKeysInEveryForm() throws IOException {
    assertThat(keys(good("ps", GUEST, "-o", "json")))
        .containsExactly("pid", "ppid", "tgid", "uid", "state", "started", "name", "command");
    assertThat(good("ps", GUEST, "-o", "csv").lines())
        .contains(
            "pid,ppid,tgid,uid,state,started,name,command", "2,0,2,0,S,0.53,kthreadd,[kthreadd]");
    assertThat(good("ps", GUEST)).contains("vmi-target").doesNotContain("swapper");
  }

  @Test
  void symbolsOfModulesAreFoundBothWaysAndTakenAsAddresses() throws IOException {
    String byName = good("sym", GUEST, "llc_sap_open");
    assertThat(byName).contains("llc_sap_open [llc]").contains("0xffffffffc02b1080");
    assertThat(good("sym", GUEST, "llc_sap_open [llc]")).isEqualTo(byName);
    assertThat(good("sym", GUEST, "0xffffffffc02b1090")).contains("llc_sap_open+0x10 [llc]");
    assertThat(good("sym", GUEST, "llc_sap_open+0x10 [llc]")).contains("llc_sap_open+0x10 [llc]");
    assertThat(good("translate", GUEST, "llc_sap_open")).contains("0xffffffffc02b1080");
  }

  @Test
  void theOtherListsHaveTheirKeys() throws IOException {
    assertThat(keys(good("modules", GUEST, "-o", "json")))
        .containsExactly("name", "address", "size");
    assertThat(keys(good("maps", GUEST, "--pid", pid(), "-o", "json")))
        .containsExactly("start", "end", "flags", "offset", "file");
    assertThat(keys(good("files", GUEST, "--pid", pid(), "-o", "json")))
        .containsExactly("fd", "position", "flags", "file");
    assertThat(keys(good("sym", GUEST, "init_task", "-o", "json"))).startsWith("name", "address");
    assertThat(keys(good("translate", GUEST, "init_task", "-o", "json")))
        .contains("va", "pa", "size", "entries");
    assertThat(keys(good("threads", GUEST, "-o", "json"))).contains("pid", "tgid");
    assertThat(keys(good("tree", GUEST, "-o", "json"))).contains("depth");
    assertThat(keys(good("env", GUEST, "--pid", "1", "-o", "json")))
        .containsExactly("name", "value");
    assertThat(keys(good("dmesg", GUEST, "-o", "json"))).containsExactly("time", "level", "text");
    assertThat(keys(good("info", GUEST, "-o", "json"))).contains("release", "kaslr_virtual");
    assertThat(keys(good("type", GUEST, "list_head", "-o", "json"))).contains("name", "offset");
    assertThat(keys(good("struct", GUEST, "list_head", "modules", "-o", "json")))
        .containsExactly("offset", "name", "value", "type");
    assertThat(keys(good("read", GUEST, "linux_banner", "16", "-o", "json")))
        .containsExactly("address", "length", "bytes");
  }

  @Test
  void symbolsGoBothWays() {
    String address =
        good("sym", GUEST, "init_task", "-o", "csv").lines().toList().get(1).split(",", -1)[1];
    assertThat(good("sym", GUEST, address)).contains("init_task");
    long inside = Long.parseUnsignedLong(address.substring(2), 16) + 0x10;
    assertThat(good("sym", GUEST, "0x" + Long.toHexString(inside))).contains("init_task+0x10");
    assertThat(good("sym", GUEST, "init_task+0x10")).contains("0x" + Long.toHexString(inside));
    assertThat(vmi("sym", GUEST, "init_tas").err()).contains("init_task");
  }

  @Test
  void typesAreShownAsDeclarations() {
    assertThat(good("type", GUEST, "list_head"))
        .contains("struct list_head {")
        .contains("0x0008  struct list_head *prev;");
    assertThat(good("type", GUEST, "struct list_head")).contains("*next");
    assertThat(vmi("type", GUEST, "list_hea").err()).contains("list_head");
  }

  @Test
  void memoryIsReadAsHexAndRaw() throws IOException {
    assertThat(good("read", GUEST, "linux_banner", "32")).contains("|Linux version 6.|");
    Path file = folder.resolve("banner");
    Run run = vmi("read", GUEST, "linux_banner", "0x20", "--write", file.toString());
    assertThat(run.code()).isZero();
    assertThat(Files.readString(file)).startsWith("Linux version 6.").hasSize(32);
    assertThat(vmi("read", GUEST, "0", "0x10", "--physical").code()).isZero();
    assertThat(good("read", GUEST, "0x1000000", "00000016", "--physical").lines()).hasSize(1);
    assertThat(vmi("read", GUEST, "0x7fffff0", "64", "--physical").code())
        .isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void memoryIsSearchedPhysicallyAndInAProcess() {
    assertThat(good("search", GUEST, "Linux version 6.1").lines()).hasSizeGreaterThan(1);
    assertThat(good("search", GUEST, "--hex", "4c 69 6e 75 78 20 76 ?? 72").lines())
        .hasSizeGreaterThan(1);
    assertThat(good("search", GUEST, "PATH=/bin", "--pid", "1")).contains("[stack]");
    Run limited = vmi("search", GUEST, "a", "--limit", "3");
    assertThat(limited.code()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(limited.out().lines()).hasSize(4);
    long hits = good("search", GUEST, "PATH=/bin", "--pid", "1").lines().count() - 1;
    good("search", GUEST, "PATH=/bin", "--pid", "1", "--limit", Long.toString(hits));
    hits = good("search", GUEST, "Linux version 6.1").lines().count() - 1;
    good("search", GUEST, "Linux version 6.1", "-n", Long.toString(hits));
  }

  @Test
  void aProcessIsDumpedAsAnElfCore() throws IOException {
    Path file = folder.resolve("core");
    assertThat(vmi("dump", GUEST, "--pid", pid(), "--write", file.toString()).code()).isZero();
    ByteBuffer core = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(core.getInt(0)).isEqualTo(0x464c457f);
    int found = 0;
    for (int i = 0; i < core.getShort(56); i++) {
      int header = 64 + 56 * i;
      long offset = core.getLong(header + 8);
      long va = core.getLong(header + 16);
      // The target filled pages with their own addresses.
      if (va > 0x7000_0000_0000L && core.getLong((int) offset) == va) {
        found++;
      }
    }
    assertThat(found).isGreaterThan(50);
  }

  /** What binutils makes of it: a thread's registers each, who it was, and where its files are. */
  @Test
  void theCoreOfAProcessHasTheNotesOfOne() throws Exception {
    Path file = folder.resolve("core");
    assertThat(vmi("dump", GUEST, "--pid", pid(), "-w", file.toString()).code()).isZero();
    List<String> notes = new ArrayList<>();
    for (String line : readelf("-nW", file.toString()).lines().toList()) {
      if (line.startsWith("  CORE")) {
        notes.add(line.strip().split("\\s+", -1)[2]);
      }
    }
    assertThat(notes)
        .startsWith("NT_PRSTATUS", "NT_PRPSINFO", "NT_PRSTATUS")
        .endsWith("NT_AUXV", "NT_FILE");
    String target = pid();
    long threads =
        good("threads", GUEST, "-o", "csv")
            .lines()
            .filter(line -> line.split(",", -1)[2].equals(target))
            .count();
    assertThat(notes.stream().filter("NT_PRSTATUS"::equals)).hasSize((int) threads);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(text).contains("vmi-target\0", "/target\0", "/data/file\0");
  }

  private static String readelf(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("readelf"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as("CI needs readelf of binutils").isNotEqualTo("true");
      assumeTrue(false, "there is no readelf");
      throw e;
    }
    String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return shown;
  }

  @Test
  void aMachineIsDumpedAndOpenedAgain() throws IOException {
    Path file = folder.resolve("machine.elf");
    Run run = vmi("dump", GUEST, "-w", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("134479872 bytes of " + GUEST + " written to " + file);
    String copy = "file:" + file;
    assertThat(good("ps", copy, "-o", "json")).isEqualTo(good("ps", GUEST, "-o", "json"));
    assertThat(good("maps", copy, "--pid", pid())).isEqualTo(good("maps", GUEST, "--pid", pid()));
    assertThat(good("info", copy)).contains("ELF core of 2 processors");
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1).substring(0, 16384))
        .contains("VMCOREINFO", "OSRELEASE=6.1.");

    Run again = vmi("dump", GUEST, "-w", file.toString());
    assertThat(again.code()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).contains("exists", "--force");
    assertThat(vmi("dump", copy, "-w", file.toString(), "--force").code()).isZero();
    assertThat(good("ps", copy)).isEqualTo(good("ps", GUEST));
  }

  /** As a dump of a running machine has them: a process that ended while it was written. */
  @Test
  void aTaskThatCannotBeReadIsNamedAndTheOthersAreListed() throws IOException {
    Path file = folder.resolve("torn.elf");
    assertThat(vmi("dump", GUEST, "-w", file.toString()).code()).isZero();
    String torn = "file:" + file;
    int pid = Integer.parseInt(pid());
    long place;
    try (Vm vm = Vmi.open(torn)) {
      Linux linux = Linux.detect(vm);
      long credentials =
          linux.process(pid).address()
              + linux.kernel().profile().binder().field("task_struct", "cred").offset();
      place = Lookup.physical(linux.kernel().addressSpace().lookup(credentials));
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(header, 64 + 56 + 8);
      channel.write(ByteBuffer.allocate(8), header.getLong(0) + place);
    }
    for (String command : List.of("ps", "threads")) {
      Run run = vmi(command, torn, "-o", "csv");
      assertThat(run.code()).isEqualTo(ExitCode.INCOMPLETE);
      assertThat(run.err()).contains("without " + pid + " vmi-target", "ended or is damaged");
      assertThat(run.out().lines().count())
          .isEqualTo(good(command, GUEST, "-o", "csv").lines().count() - 1);
    }
    assertThat(good("tree", torn)).isEqualTo(good("tree", GUEST));
  }

  /** What Ctrl-C in the shell does. */
  @Test
  void aDumpThatIsStoppedLeavesNothing() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    Path file = folder.resolve("machine.elf");
    try (Session session = new Session(out, out)) {
      assertThat(Commands.execute(session, "info", GUEST)).isZero();
      Thread.currentThread().interrupt();
      assertThat(Commands.execute(session, "dump", GUEST, "-w", file.toString()))
          .isEqualTo(ExitCode.INTERRUPTED);
      assertThat(folder).isEmptyDirectory();
      assertThat(Commands.execute(session, "dump", GUEST, "-w", file.toString())).isZero();
    }
    assertThat(file).isRegularFile();
    assertThat(text.toString(StandardCharsets.UTF_8)).contains("vmi: stopped");
  }

  @Test
  void aCommandThatFillsTheHeapDoesNotEndTheSession() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
    try (Session session = new Session(out, out)) {
      assertThat(Commands.execute(session, "exhaust")).isEqualTo(ExitCode.FAILED);
      assertThat(text.toString(StandardCharsets.UTF_8))
          .matches("vmi: the command needs more memory than Java may use \\(\\d+ MiB\\).*\n");
      assertThat(Commands.execute(session, "info", GUEST)).isZero();
    }
  }

  @Test
  void anOutputThatCannotBeWrittenIsAnError() throws IOException {
    for (String[] line : new String[][] {{"ps", GUEST}, {"profile", GUEST}, {"--help"}}) {
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      try (OutputStream full = new FileOutputStream("/dev/full");
          Session session = new Session(full, err)) {
        assertThat(Commands.execute(session, line)).isEqualTo(ExitCode.FAILED);
      }
      assertThat(err.toString(StandardCharsets.UTF_8))
          .matches("vmi: cannot write standard output: .+\n");
    }
  }

  @Test
  void aReaderThatWantsNoMoreIsNoError() throws Exception {
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "set -o pipefail; \"$0\" -cp \"$1\" org.vmi4j.shell.Main --help | :",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"))
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    assertThat(process.waitFor()).isEqualTo(ExitCode.PIPE_CLOSED);
  }

  @Test
  void aFileIsPrivateAndReplacedOnlyWhenAsked() throws IOException {
    Path file = folder.resolve("file");
    for (List<String> command :
        List.of(
            List.of("read", GUEST, "linux_banner", "8"),
            List.of("profile", GUEST),
            List.of("dump", GUEST, "--pid", "1"))) {
      Files.writeString(file, "precious");
      List<String> line = new ArrayList<>(command);
      line.addAll(List.of("--write", file.toString()));
      Run refused = vmi(line.toArray(String[]::new));
      assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
      assertThat(refused.err()).contains("exists", "to do: replace the file with --force");
      assertThat(file).hasContent("precious");
      line.add("--force");
      assertThat(vmi(line.toArray(String[]::new)).code()).isZero();
      assertThat(Files.size(file)).isGreaterThanOrEqualTo(8);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(folder.toFile().list()).containsExactly("file");
    }
  }

  @Test
  void anOpeningThatIsStoppedSaysSoAndNoMore() {
    Thread.currentThread().interrupt();
    Run run = vmi("ps", GUEST);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(run.err()).isEqualTo("vmi: stopped\n");
    assertThat(run.code()).isEqualTo(ExitCode.INTERRUPTED);
  }

  @Test
  void aProfileThatWasWrittenIsRead() {
    for (String format : List.of("isf", "rekall")) {
      Path file = folder.resolve(format + ".json.gz");
      Run run = vmi("profile", GUEST, "--format", format, "--write", file.toString());
      // Those of the guest, and phys_startup_64.
      assertThat(run.err()).contains("87348 symbols");
      assertThat(good("ps", GUEST, "--profile", file.toString())).contains("vmi-target");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ps",
        "ps nonsense",
        "maps file:x",
        "frobnicate",
        "ps GUEST -o xml",
        "maps GUEST --pid x",
        "dump GUEST",
        "dump GUEST -w /dev/null --force",
        "read GUEST 0 -1",
        "read GUEST 0 abc",
        "search GUEST x --limit 0"
      })
  void wrongUsageIsSaidAndTellsWhereHelpIs(String line) {
    Run run = vmi(line.replace("GUEST", GUEST).split(" ", -1));
    assertThat(run.code()).as(run.err()).isIn(ExitCode.USAGE, ExitCode.FAILED);
    assertThat(run.err()).startsWith("vmi: ").doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void misspeltNamesLeadToSimilarOnes() {
    assertThat(vmi("sym", GUEST, "init_tusk").err())
        .contains("no symbol \"init_tusk\"; similar names: init_task");
    assertThat(vmi("read", GUEST, "linux_baner+4", "8").err()).contains("names: linux_banner");
    assertThat(vmi("type", GUEST, "struct task_strct").err()).contains("names: task_struct");
    assertThat(vmi("struct", GUEST, "lst_head", "init_task").err()).contains("names: list_head");
  }

  @Test
  void errorsNameTheCauseAndTheNextStep() throws IOException {
    assertThat(vmi("list", "file:x").err()).contains("file: has no machines to list");
    assertThat(vmi("ps", "ftp:x").err()).contains("unknown scheme").contains("file:");
    assertThat(vmi("ps", "file:" + folder.resolve("none")).err()).contains("there is no file");
    Path text = Files.writeString(folder.resolve("text"), "not an image\n".repeat(100));
    assertThat(vmi("ps", "file:" + text).err()).contains("text file");
    assertThat(vmi("ps", GUEST, "--profile", text.toString()).err()).contains("Rekall");
    assertThat(vmi("proces", GUEST).err())
        .startsWith("vmi: there is no command \"proces\"\nDid you mean: ");
    assertThat(vmi("file:x", "ps").err()).contains("the command comes first: vmi ps file:x");
    assertThat(vmi("sym", GUEST, "@none").err()).contains("no symbol \"@none\"");
    assertThat(vmi("ps", GUEST, "--profil").err()).contains("--profil");
    assertThat(vmi("sym", GUEST, "\u001b[2J\u202e").err()).contains("\\x1b[2J\\u202e");
    assertThat(vmi("--version").out()).matches("vmi4j \\d.*\n");
    assertThat(vmi("ps", "guest.elf").err()).contains("no scheme", "to do: write file:PATH");
    assertThat(vmi("maps", GUEST, "--pid", "99999").err()).contains("no process 99999");
    assertThat(vmi("maps", GUEST, "--pid", "2").err()).contains("kernel thread");
    assertThat(vmi("read", GUEST, "0xdead000000000000", "8").err()).contains("bit 47");
  }

  @Test
  void helpIsThereForEveryCommand() {
    String help = good("--help");
    for (String command : List.of("info", "ps", "tree", "search", "dump", "profile", "shell")) {
      assertThat(help).contains(command);
      assertThat(good("help", command)).contains("Usage: vmi " + command).contains("Example");
    }
  }

  /** A host that is an empty folder has no Xen. */
  @Test
  void theDoctorSaysWhatIsMissingInItsExitCodeToo() throws IOException {
    System.setProperty("vmi4j.xen.root", folder.toString());
    try {
      Run table = vmi("doctor");
      assertThat(table.code()).isEqualTo(ExitCode.FAILED);
      assertThat(table.out().lines())
          .anyMatch(
              line -> line.matches("ok +java: version .*" + Runtime.version().feature() + ".*"))
          .anyMatch(line -> line.matches("(ok|warning) +java: native access .*"))
          .anyMatch(line -> line.matches("ok +file: memory images .*can be opened.*"))
          .anyMatch(line -> line.matches("failed +xen: +hypervisor +no Xen"))
          .anyMatch(line -> line.contains("to do: ") && line.contains("dom0"));
      Run json = vmi("doctor", "-o", "json");
      assertThat(json.code()).isEqualTo(ExitCode.FAILED);
      assertThat(keys(json.out())).containsExactly("driver", "check", "status", "found", "advice");
      assertThat(vmi("doctor", "-o", "csv").out())
          .startsWith("driver,check,status,found,advice")
          .contains("xen,hypervisor,failed");
    } finally {
      System.clearProperty("vmi4j.xen.root");
    }
  }

  @Test
  void aLineOfTheShellIsSplitAsAShellWould() {
    assertThat(Repl.words(" search  \"Linux version\" --limit 3 "))
        .containsExactly("search", "Linux version", "--limit", "3");
    assertThat(Repl.words("a 'b \"c\"' \"\"")).containsExactly("a", "b \"c\"", "");
    assertThat(Repl.words("  ")).isEmpty();
  }

  @Test
  void aMachineWithoutAnOperatingSystemIsDescribedAsFarAsItIsKnown() throws IOException {
    Path image = Files.write(folder.resolve("empty.raw"), new byte[1 << 20]);
    Run run = vmi("info", "file:" + image, "-o", "json");
    assertThat(run.code()).isEqualTo(ExitCode.INCOMPLETE);
    assertThat(run.out()).contains("\"memory_end\" : \"0x100000\"");
    assertThat(run.err()).contains("no supported operating system was found");
    assertThat(vmi("ps", "file:" + image).err())
        .as("the advice stands once")
        .containsOnlyOnce("memory hole")
        .contains("to do: for a raw image of more than 2 GiB, state the memory hole");
  }
}
