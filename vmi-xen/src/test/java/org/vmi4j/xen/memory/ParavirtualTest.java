package org.vmi4j.xen.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Addressing;
import org.vmi4j.api.Vm;
import org.vmi4j.xen.fake.FakeXen;

/** Finds the memory of a paravirtual guest, which is some of the machine's. */
class ParavirtualTest {
  private static final int PAGE = 4096;
  private static final int PAGES = 0x4000;
  private static final int SHARED = 0x3333;
  private static final long ARRAY = 0xffff_c900_001f_f000L;

  /** Frames that no sampling would find: alone, and nowhere near the edge of a window. */
  private static final List<Long> LONELY = List.of(0x3L, 0x207L, 0x1009L, 0x2ffdL);

  @TempDir private Path folder;
  private final ByteBuffer machine =
      ByteBuffer.allocate(PAGES * PAGE).order(ByteOrder.LITTLE_ENDIAN);

  private void put(long frame, int index, long value) {
    machine.putLong((int) frame * PAGE + index * Long.BYTES, value);
  }

  private void share(int offset, long value) {
    machine.putLong(SHARED * PAGE + offset, value);
  }

  private Vm open() throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("machine"), machine.array());
    FakeXen xen = FakeXen.of(folder.resolve("xen"), 4, 17);
    xen.domain(2, "pv", FakeXen.uuid(2), FakeXen.RUNNING, 0, file, 1234);
    xen.sharedInfo(2, SHARED);
    long before = 0;
    List<Long> own = new ArrayList<>(LONELY);
    own.addAll(List.of(0x3001L, 0x3002L, 0x3003L, 0x3004L, 0x3005L, 0x3006L, (long) SHARED));
    for (long frame : own) {
      if (frame > before) {
        xen.balloonOut(2, before, frame - 1);
      }
      before = frame + 1;
    }
    xen.balloonOut(2, before, PAGES - 1);
    return xen.open("xen:pv");
  }

  private static List<Long> visited(Vm vm) {
    List<Long> frames = new ArrayList<>();
    vm.physicalMemory()
        .forEachExtent(
            0,
            vm.physicalMemory().end(),
            (address, bytes) -> {
              for (int i = 0; i < bytes.limit(); i += PAGE) {
                frames.add((address + i) / PAGE);
              }
              return true;
            });
    return frames;
  }

  /** An array of 1026 entries that begins in the last page under one table. */
  @Test
  void aGuestWithAnArrayOfItsFramesIsVisitedWhole() throws IOException, InterruptedException {
    share(3088, 1026);
    share(3112, 0x3001L * PAGE);
    share(3120, ARRAY);
    put(0x3001, (int) (ARRAY >>> 39 & 511), 0x3002L * PAGE | 7);
    put(0x3002, 0, 0x3003L * PAGE | 7);
    put(0x3003, 0, 0x3004L * PAGE | 7);
    put(0x3003, 1, 0x3005L * PAGE | 7);
    put(0x3004, 511, 0x3006L * PAGE | 0x8000_0000_0000_0067L);
    put(0x3005, 0, 0x2ffdL * PAGE | 7);
    put(0x3005, 1, 0x1009L * PAGE | 7);
    put(0x3006, 0, 0x3);
    put(0x3006, 511, 0x207);
    put(0x3006, 5, -1);
    put(0x3006, 6, 1L << 62 | 0x777);
    put(0x2ffd, 0, 0x1009);
    put(0x1009, 0, 0x3001);
    put(0x1009, 1, 0x2ffd);
    put(0x1009, 2, 0x0fff);
    try (Vm vm = open()) {
      assertThat(visited(vm)).containsAll(LONELY).contains(0x3006L);
      assertThat(vm.physicalMemory().addressing()).isEqualTo(Addressing.MACHINE);
      assertThat(vm.isLive()).isTrue();
      assertThat(vm.description()).startsWith("PV domain 2");
      assertThat(vm.physicalMemory().readLong(0x2ffdL * PAGE)).isEqualTo(0x1009);
    }
  }

  @Test
  void aGuestWithATreeOfItsFramesIsVisitedWhole() throws IOException, InterruptedException {
    share(3088, 600);
    share(3096, 0x3001);
    put(0x3001, 0, 0x3002);
    put(0x3002, 0, 0x3003);
    put(0x3002, 1, 0x3004);
    put(0x3003, 0, 0x3);
    put(0x3003, 511, 0x207);
    put(0x3004, 0, 0x1009);
    put(0x3004, 87, 0x2ffd);
    try (Vm vm = open()) {
      assertThat(visited(vm)).containsAll(LONELY);
    }
  }

  @Test
  void nonsenseOfTheGuestEndsInSampling() throws IOException, InterruptedException {
    share(3088, Long.MAX_VALUE);
    share(3112, 0x3001L * PAGE);
    share(3120, -4096);
    put(0x3001, 511, 0x3001L * PAGE | 7);
    put(0x3001, 510, 1L << 62);
    try (Vm vm = open()) {
      assertThat(visited(vm)).isNotNull();
      assertThat(vm.physicalMemory().isPresent(0x3L * PAGE)).isTrue();
    }
  }
}
