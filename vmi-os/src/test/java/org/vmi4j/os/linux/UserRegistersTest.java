package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.cpu.Registers;
import org.vmi4j.api.paging.AddressSpace;

/**
 * Registers of threads that wait in a system call: the processor left its traces in them (Intel
 * SDM, volume 2, SYSCALL: RCX has the address after it, R11 the flags).
 */
class UserRegistersTest {
  private static final short SYSCALL = 0x050f;
  private static final int AT_PHDR = 3;
  private static final int AT_ENTRY = 9;
  private static final int AT_PAGESZ = 6;

  private static Linux linux;

  @BeforeAll
  static void open() {
    linux = Linux.detect(Vmi.open(GuestFiles.bundled().uri()));
  }

  @AfterAll
  static void close() {
    linux.vm().close();
  }

  @Test
  void sleepingThreadsStandBehindTheirSystemCall() {
    int seen = 0;
    for (LinuxProcess thread : linux.threads()) {
      if (thread.isKernelThread()) {
        assertThat(linux.userRegisters(thread)).as(thread.toString()).isEmpty();
        continue;
      }
      if (thread.state() != 'S') {
        continue;
      }
      Registers registers = linux.userRegisters(thread).orElseThrow();
      Map<String, Long> values = registers.values();
      AddressSpace memory = thread.memorySpace();
      long rip = values.get("rip");
      assertThat(memory.readShort(rip - 2)).as(thread.toString()).isEqualTo(SYSCALL);
      assertThat(values).containsEntry("rcx", rip).containsEntry("r11", values.get("rflags"));
      assertThat(values.get("orig_rax")).isBetween(0L, 500L);
      long rsp = values.get("rsp");
      assertThat(thread.regions().items())
          .anyMatch(r -> r.start() <= rsp && rsp < r.end() && r.flags().startsWith("rw"));
      // Its own address stands at the start of a thread's control block (x86-64 ABI for TLS).
      assertThat(memory.readLong(values.get("fs_base"))).isEqualTo(values.get("fs_base"));
      seen++;
    }
    assertThat(seen).isGreaterThan(8);
  }

  @Test
  void threadsOfAProcessBeginWithItself() {
    int pid = GuestFiles.bundled().targetPid();
    List<LinuxProcess> threads = linux.threads(pid).items();
    assertThat(threads).hasSizeGreaterThan(1);
    assertThat(threads.get(0).pid()).isEqualTo(pid);
    assertThat(threads).allMatch(thread -> thread.tgid() == pid);
    assertThat(threads.stream().map(t -> linux.userRegisters(t).orElseThrow().value("rsp")))
        .doesNotHaveDuplicates();
  }

  @Test
  void theAuxiliaryVectorIsWhatAProgramWasStartedWith() {
    LinuxProcess target = linux.process(GuestFiles.bundled().targetPid());
    ByteBuffer vector = ByteBuffer.wrap(target.auxiliaryVector()).order(ByteOrder.LITTLE_ENDIAN);
    Map<Long, Long> pairs = new HashMap<>();
    while (vector.hasRemaining()) {
      pairs.put(vector.getLong(), vector.getLong());
    }
    assertThat(pairs).containsEntry((long) AT_PAGESZ, 4096L).containsEntry(0L, 0L);
    AddressSpace memory = target.memorySpace();
    long start = target.regions().items().get(0).start();
    assertThat(pairs).containsEntry((long) AT_PHDR, start + memory.readLong(start + 32));
    assertThat(pairs).containsEntry((long) AT_ENTRY, memory.readLong(start + 24));
  }
}
