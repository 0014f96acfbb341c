package org.vmi4j.os.linux.syscall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.GuestFiles;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.os.linux.LinuxProcess;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.profiles.Field;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;

/** Calls that a test writes into the registers and the stack of a process of a real guest. */
@ParameterizedClass
@MethodSource("org.vmi4j.os.linux.LinuxTruthTest#guests")
@Timeout(60)
class SystemCallReaderTest {
  private static final int PAGE = 4096;
  private static final List<String> X86_64 = List.of("di", "si", "dx", "r10", "r8", "r9");
  private static final List<String> X86 = List.of("bx", "cx", "dx", "si", "di", "bp");

  /** Where nothing is mapped in any program. */
  private static final long NOWHERE = 0x10;

  private final Vm image;
  private final MockMemory memory;
  private final Linux linux;
  private final LinuxProcess process;
  private final Architecture own;
  private final boolean arm;
  private final SystemCallReader reader;
  private final SystemCalls calls;

  /** The lowest page of its stack that is in memory and the one above, to be written to. */
  private final long scratch;

  private final long registers;

  SystemCallReaderTest(GuestFiles guest) {
    image = Vmi.open(guest.uri());
    memory = MockMemory.over(image.physicalMemory(), image.physicalMemory().end());
    memory.absenceLifetime(0);
    own = image.architecture().orElseThrow();
    arm = own == Architecture.AARCH64;
    linux = Linux.detect(new MockVm("guest", memory).architecture(own));
    process = linux.process(guest.targetPid());
    reader = linux.systemCallReader();
    calls = linux.systemCalls();
    scratch = pages();
    registers = member("task_struct", "stack").read(linux.addressSpace(), process.address());
  }

  @AfterEach
  void close() {
    linux.vm().close();
    image.close();
  }

  /** Finds two pages of the process that lie side by side, where it can write. */
  private long pages() {
    AddressSpace space = process.addressSpace();
    for (MemoryRegion region : process.regions()) {
      for (long at = region.start(); at + 2 * PAGE <= region.end(); at += PAGE) {
        if (region.rights().write()
            && Lookup.isMapped(space.lookup(at))
            && Lookup.isMapped(space.lookup(at + PAGE))) {
          return at;
        }
      }
    }
    throw new AssertionError("no two pages of " + process);
  }

  private Field member(String type, String path) {
    return linux.profile().types().struct(type).orElseThrow().field(path).orElseThrow();
  }

  /** Writes to the memory of the process, page by page. */
  private void write(long address, byte... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      memory.put(Lookup.physical(process.addressSpace().lookup(address + i)), bytes[i]);
    }
  }

  private void write(long address, String text) {
    write(address, (text + "\0").getBytes(StandardCharsets.UTF_8));
  }

  private void writeWord(long address, long value, int size) {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    write(address, Arrays.copyOf(bytes, size));
  }

  private void set(long structure, Field field, long value) {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    long at = Lookup.physical(linux.addressSpace().lookup(structure + field.offset()));
    memory.put(at, Arrays.copyOf(bytes, (int) field.size()));
  }

  private SystemCallFunction function(String name, Architecture program) {
    return calls.named(name).stream()
        .filter(each -> each.programs().contains(program))
        .min((a, b) -> Integer.compare(rank(a), rank(b)))
        .orElseThrow();
  }

  /** Those that 32-bit programs call have compat functions where these differ. */
  private static int rank(SystemCallFunction function) {
    return function.symbols().get(0).contains("compat") ? 0 : 1;
  }

  private SystemCall enter(String name, long... arguments) {
    return enter(function(name, own), own, arguments);
  }

  private SystemCall enter(SystemCallFunction function, Architecture program, long... arguments) {
    List<String> names = program == Architecture.X86 ? X86 : X86_64;
    for (int i = 0; i < arguments.length; i++) {
      set(registers, member("pt_regs", arm ? "regs[" + i + "]" : names.get(i)), arguments[i]);
    }
    if (arm) {
      set(registers, member("pt_regs", "pstate"), program == Architecture.ARM ? 0x10 : 0);
    } else {
      long status = program == Architecture.X86 ? 2 : 0;
      set(process.address(), member("task_struct", "thread_info.status"), status);
    }
    return reader.entered(function, registers, process.address());
  }

  @Test
  void pathsFlagsAndModesAreNamed() {
    write(scratch, "/etc/\"pass\\wd");
    long flags = (arm ? 0400000 : 0100000) | 02000000 | 0102;
    SystemCall call = enter("openat", 0xffff_ff9cL, scratch, flags, 0xabcd_01a4L);
    assertThat(call.program()).isEqualTo(own);
    assertThat(call)
        .hasToString(
            "openat(dfd=AT_FDCWD, filename=\"/etc/\\\"pass\\\\wd\","
                + " flags=O_RDWR|O_CREAT|O_CLOEXEC|O_LARGEFILE, mode=0644)");
    assertThat(call.result()).isEmpty();
    assertThat(call.resultText()).isEmpty();
    SystemCall returned = reader.returned(call, -13);
    assertThat(returned.resultText()).hasValue("EACCES");
    assertThat(returned.result()).hasValue(-13);
    assertThat(returned.arguments()).isEqualTo(call.arguments());
  }

  @Test
  void filesHaveTheirPaths() {
    for (OpenFile file : process.files()) {
      SystemCall call = enter("close", file.fd());
      assertThat(call).hasToString("close(fd=" + file.fd() + "<" + file.name() + ">)");
      assertThat(reader.returned(enter("dup", 0), file.fd()).resultText())
          .hasValue(file.fd() + "<" + file.name() + ">");
    }
    assertThat(process.files().items()).isNotEmpty();
    assertThat(enter("close", 0xffff_ffffL)).hasToString("close(fd=-1)");
    assertThat(enter("close", 0x7fff_ffffL)).hasToString("close(fd=2147483647)");
  }

  @Test
  void whatIsReadAtTheEntryStays() {
    write(scratch, "/before");
    SystemCall call = enter("chdir", scratch);
    write(scratch, "/after!");
    assertThat(reader.returned(call, 0)).hasToString("chdir(filename=\"/before\") = 0");
  }

  @Test
  void whatWasNotThereIsReadAtTheReturn() {
    SystemCall call = enter("chdir", NOWHERE);
    assertThat(call).hasToString("chdir(filename=0x10 (not present))");
    assertThat(reader.returned(call, -14))
        .hasToString("chdir(filename=0x10 (not present)) = EFAULT");

    SystemCall faulted = enter("chdir", endOfMapped());
    assertThat(faulted.toString()).endsWith("(not present))");
    write(scratch, "/late");
    SystemCall late = lateBy(scratch);
    assertThat(reader.returned(late, 0))
        .hasToString("chdir(filename=\"/late\" (read at the return)) = 0");
  }

  /** A call with a path whose page was not there yet. */
  private SystemCall lateBy(long path) {
    long pa = Lookup.physical(process.addressSpace().lookup(path)) & -PAGE;
    byte[] content = memory.get(pa, PAGE);
    memory.hole(pa, PAGE);
    SystemCall call = enter("chdir", path);
    memory.put(pa, content);
    assertThat(call.toString()).endsWith("(not present))");
    return call;
  }

  /** The last bytes before a page that is not there, of a string that does not end. */
  private long endOfMapped() {
    AddressSpace space = process.addressSpace();
    for (MemoryRegion region : process.regions()) {
      for (long at = region.start(); at < region.end(); at += PAGE) {
        if (region.rights().write()
            && Lookup.isMapped(space.lookup(at))
            && !Lookup.isMapped(space.lookup(at + PAGE))) {
          write(at + PAGE - 3, (byte) 'a', (byte) 'b', (byte) 'c');
          return at + PAGE - 3;
        }
      }
    }
    throw new AssertionError("no end of memory");
  }

  @Test
  void argumentsOfProgramsAreLists() {
    execve(own);
  }

  @Test
  void programsOf32BitsHavePointersOf32() {
    Architecture narrow = arm ? Architecture.ARM : Architecture.X86;
    if (scratch >>> Integer.SIZE == 0) {
      execve(narrow);
    }
    SystemCall call = enter(function("openat", narrow), narrow, -100, NOWHERE, 0x1_0000_0001L, 0);
    assertThat(call.program()).isEqualTo(narrow);
    assertThat(call.toString()).startsWith("openat(dfd=AT_FDCWD, filename=0x10 (not present), fl");
    SystemCallFunction shared = function("getpid", own);
    assertThat(shared.programs()).contains(own, narrow);
    assertThat(enter(shared, narrow).program()).isEqualTo(narrow);
    assertThat(enter(shared, own).program()).isEqualTo(own);
  }

  private void execve(Architecture program) {
    int word = program.pointerSize();
    write(scratch, "/bin/sh");
    write(scratch + 16, "-c");
    long array = scratch + 64;
    writeWord(array, scratch, word);
    writeWord(array + word, scratch + 16, word);
    writeWord(array + 2L * word, 0, word);
    SystemCall call = enter(function("execve", program), program, scratch, array, 0);
    assertThat(call)
        .hasToString("execve(filename=\"/bin/sh\", argv=[\"/bin/sh\", \"-c\"], envp=NULL)");
  }

  /** Two pages of pointers to a string without an end. */
  @Test
  void listsWithoutAnEndAreCut() {
    byte[] endless = new byte[PAGE];
    Arrays.fill(endless, (byte) 'x');
    write(scratch + PAGE, endless);
    for (int i = 0; i < PAGE / Long.BYTES; i++) {
      writeWord(scratch + (long) i * Long.BYTES, scratch + PAGE, Long.BYTES);
    }
    SystemCall call = enter("execve", scratch + PAGE - 1, scratch, scratch);
    for (Argument argument : call.arguments()) {
      assertThat(argument.text()).hasSizeLessThan(32 * (256 + 10));
    }
    assertThat(call.arguments().get(1).text()).startsWith("[\"xxxx").endsWith("\"..., ...]");
    write(scratch, endless);
    assertThat(enter("chdir", scratch).arguments().get(0).text())
        .hasSize(PAGE + 5)
        .endsWith("x\"...");
  }

  @Test
  void hostilePointersAreHarmless() {
    for (long pointer :
        new long[] {
          1,
          NOWHERE,
          -1,
          -4096,
          Long.MIN_VALUE,
          0x7fff_ffff_ffffL,
          0x8000_0000_0000_0000L,
          process.address(),
          linux.addressSpace().readLong(process.address()),
          scratch + PAGE - 1
        }) {
      for (SystemCallFunction function : calls.functions()) {
        Architecture program = function.programs().contains(own) ? own : anyOf(function);
        SystemCall call =
            enter(function, program, pointer, pointer, pointer, pointer, pointer, pointer);
        assertThat(call.name()).isNotEmpty();
        assertThat(reader.returned(call, pointer).resultText()).isPresent();
        assertThat(reader.returned(call, 1 << 30).arguments()).hasSameSizeAs(call.arguments());
      }
    }
  }

  private static Architecture anyOf(SystemCallFunction function) {
    return function.programs().iterator().next();
  }

  @Test
  void addressesOfSocketsAreReadable() {
    write(
        scratch, (byte) 2, (byte) 0, (byte) 0, (byte) 80, (byte) 10, (byte) 0, (byte) 0, (byte) 1);
    assertThat(address(16)).isEqualTo("10.0.0.1:80");
    assertThat(address(4)).isEqualTo("AF_INET");
    assertThat(address(1)).isEqualTo("0x" + Long.toHexString(scratch));
    write(scratch, new byte[32]);
    write(scratch, (byte) 10, (byte) 0, (byte) 0x1f, (byte) 0x90);
    write(scratch + 23, (byte) 1);
    assertThat(address(28)).isEqualTo("[0:0:0:0:0:0:0:1]:8080");
    write(scratch, (byte) 1, (byte) 0);
    write(scratch + 2, "/run/x.sock");
    assertThat(address(110)).isEqualTo("unix \"/run/x.sock\"");
    write(scratch, (byte) 1, (byte) 0, (byte) 0, (byte) 'a', (byte) 'b');
    assertThat(address(5)).isEqualTo("unix @\"ab\"");
    write(scratch, (byte) 16, (byte) 0, (byte) 0, (byte) 0, (byte) 7, (byte) 0, (byte) 0, (byte) 0);
    write(scratch + 8, (byte) 3, (byte) 0, (byte) 0, (byte) 0);
    assertThat(address(12)).isEqualTo("netlink pid=7 groups=0x3");
    write(scratch, (byte) 0xee, (byte) 0xee);
    assertThat(address(-1)).isEqualTo("0x" + Long.toHexString(scratch));
    assertThat(address(Integer.MAX_VALUE)).isEqualTo("0xeeee");
  }

  private String address(int length) {
    SystemCall call = enter("connect", 9999, scratch, length);
    assertThat(call.arguments()).extracting(Argument::name).startsWith("fd");
    return call.arguments().get(1).text();
  }

  @Test
  void buffersAreShownAtTheirTime() {
    write(scratch, "hello\n");
    assertThat(enter("write", 9999, scratch, 6))
        .hasToString("write(fd=9999, buf=\"hello\n\", count=6)");
    assertThat(enter("write", 9999, scratch, -1).arguments().get(1).text()).isEqualTo("\"\"");
    SystemCall read = enter("read", 9999, scratch, 4096);
    assertThat(read.arguments().get(1).text()).isEqualTo("0x" + Long.toHexString(scratch));
    write(scratch, "world");
    assertThat(reader.returned(read, 5).arguments().get(1).text()).isEqualTo("\"world\"");
    assertThat(reader.returned(read, -11).arguments()).isEqualTo(read.arguments());
    assertThat(reader.returned(read, Long.MAX_VALUE).arguments().get(1).text()).hasSize(32 + 5);
    writeWord(scratch, 0x0000_0004_0000_0003L, Long.BYTES);
    assertThat(reader.returned(enter("pipe2", scratch, 04000), 0))
        .hasToString("pipe2(fildes=[3, 4], flags=O_RDONLY|O_NONBLOCK) = 0");
  }

  @Test
  void resultsAreAddressesWhereTheyAre() {
    SystemCall map = enter("mmap", 0, 4096, 3, 0x22, -1, 0);
    assertThat(reader.returned(map, 0x7f00_0000_0000L))
        .hasToString(
            "mmap(addr=NULL, len=4096, prot=PROT_READ|PROT_WRITE,"
                + " flags=MAP_PRIVATE|MAP_ANONYMOUS, fd=-1, off=0) = 0x7f0000000000");
    assertThat(reader.returned(map, -12).resultText()).hasValue("ENOMEM");
    assertThat(reader.returned(enter("getpid"), 7)).hasToString("getpid() = 7");
  }

  @Test
  void whatIsNoCallIsAFault() {
    SystemCallFunction getpid = function("openat", own);
    assertThatThrownBy(() -> reader.entered(getpid, NOWHERE, process.address()))
        .isInstanceOf(MemoryFault.class);
  }
}
