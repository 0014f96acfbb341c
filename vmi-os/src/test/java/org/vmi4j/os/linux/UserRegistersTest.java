package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.os.linux.kernel.TaskState;

/**
 * Registers of threads that wait in a system call. On x86-64 the processor left its traces in them
 * (Intel SDM, volume 2, SYSCALL: RCX has the address after it, R11 the flags).
 */
@ParameterizedClass
@MethodSource("org.vmi4j.os.linux.LinuxTruthTest#guests")
class UserRegistersTest {
  private static final short SYSCALL = 0x050f;

  /** {@code svc #0}, Arm ARM C6.2. */
  private static final int SUPERVISOR_CALL = 0xd400_0001;

  private static final int AT_PHDR = 3;
  private static final int AT_ENTRY = 9;
  private static final int AT_PAGESZ = 6;

  private final GuestFiles guest;
  private final Linux linux;

  UserRegistersTest(GuestFiles guest) {
    this.guest = guest;
    this.linux = Linux.detect(Vmi.open(guest.uri()));
  }

  @AfterEach
  void close() {
    linux.vm().close();
  }

  @Test
  void sleepingThreadsStandBehindTheirSystemCall() {
    int seen = 0;
    for (LinuxThread thread : linux.threads()) {
      if (!thread.hasUserMemory()) {
        assertThat(thread.userRegisters()).as(thread.toString()).isEmpty();
        continue;
      }
      if (thread.state() != TaskState.SLEEPING) {
        continue;
      }
      RegisterValues registers = thread.userRegisters().orElseThrow();
      if (registers.architecture() == Architecture.AARCH64) {
        assertAarch64(thread, registers);
      } else {
        assertX86(thread, registers);
      }
      seen++;
    }
    assertThat(seen).isGreaterThan(8);
  }

  private static void assertX86(LinuxThread thread, RegisterValues values) {
    AddressSpace memory = thread.addressSpace();
    long rip = values.get(X86.RIP);
    assertThat(memory.readShort(rip - 2)).as(thread.toString()).isEqualTo(SYSCALL);
    assertThat(values.get(X86.RCX)).isEqualTo(rip);
    assertThat(values.get(X86.R11)).isEqualTo(values.get(X86.RFLAGS));
    assertThat(values.get(X86.ORIG_RAX)).isBetween(0L, 500L);
    assertOnStack(thread, values.get(X86.RSP));
    // Its own address stands at the start of a thread's control block (x86-64 ABI for TLS).
    assertThat(memory.readLong(values.get(X86.FS_BASE))).isEqualTo(values.get(X86.FS_BASE));
  }

  private static void assertAarch64(LinuxThread thread, RegisterValues values) {
    assertThat(thread.addressSpace().readInt(values.get(Arm64.PC) - 4)).isEqualTo(SUPERVISOR_CALL);
    assertThat(values.get(Arm64.X8)).as("number of the system call").isBetween(0L, 500L);
    assertOnStack(thread, values.get(Arm64.SP));
  }

  private static void assertOnStack(LinuxThread thread, long pointer) {
    assertThat(thread.regions().items())
        .anyMatch(
            r ->
                r.start() <= pointer
                    && pointer < r.end()
                    && r.rights().read()
                    && r.rights().write());
  }

  @Test
  void threadsOfAProcessBeginWithItself() {
    int pid = guest.targetPid();
    List<LinuxThread> threads = linux.process(pid).threads().items();
    assertThat(threads).hasSizeGreaterThan(1);
    assertThat(threads.get(0).id()).isEqualTo(pid);
    assertThat(threads).allMatch(thread -> thread.processId() == pid);
    Register pointer = linux.kernel().architecture() == Architecture.AARCH64 ? Arm64.SP : X86.RSP;
    assertThat(threads.stream().map(t -> t.userRegisters().orElseThrow().get(pointer)))
        .doesNotHaveDuplicates();
  }

  @Test
  void theAuxiliaryVectorIsWhatAProgramWasStartedWith() {
    LinuxProcess target = linux.process(guest.targetPid());
    ByteBuffer vector = ByteBuffer.wrap(target.auxiliaryVector()).order(ByteOrder.LITTLE_ENDIAN);
    Map<Long, Long> pairs = new HashMap<>();
    while (vector.hasRemaining()) {
      pairs.put(vector.getLong(), vector.getLong());
    }
    assertThat(pairs).containsEntry((long) AT_PAGESZ, guest.pageSize()).containsEntry(0L, 0L);
    AddressSpace memory = target.addressSpace();
    long start = target.regions().items().get(0).start();
    assertThat(pairs).containsEntry((long) AT_PHDR, start + memory.readLong(start + 32));
    assertThat(pairs).containsEntry((long) AT_ENTRY, memory.readLong(start + 24));
  }
}
