package org.vmi4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vmi4j.testkit.Operation.Kind.CLOSE;
import static org.vmi4j.testkit.Operation.Kind.CLOSE_MEMORY;
import static org.vmi4j.testkit.Operation.Kind.MAP;
import static org.vmi4j.testkit.Operation.Kind.PAUSE;
import static org.vmi4j.testkit.Operation.Kind.UNPAUSE;
import static org.vmi4j.testkit.Operation.Kind.WRITE;
import static org.vmi4j.testkit.Operation.Kind.WRITE_END;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Pausing;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.spi.Window;

class MockVmTest {
  private static final long END = 1L << 40;

  private final MockMemory memory = new MockMemory(END);

  @Test
  void theLogHasEveryOperationInOrder() {
    MockVm vm = new MockVm("guest", memory.putLong(0x1000, 7).writable()).pausable();
    vm.require(Pausing.class)
        .whilePaused(
            () -> {
              vm.physicalMemory().writeInt(0x1004, 5);
              return vm.physicalMemory().readLong(0x1000);
            });
    vm.close();
    assertThat(vm.operations().all())
        .containsExactly(
            new Operation(PAUSE, 0),
            new Operation(WRITE, 0x1004),
            new Operation(WRITE_END, 0x1004),
            new Operation(MAP, 0),
            new Operation(UNPAUSE, 0),
            new Operation(CLOSE, 0),
            new Operation(CLOSE_MEMORY, 0));
    assertThat(memory.getLong(0x1000)).isEqualTo(5L << 32 | 7);
  }

  @Test
  void theChosenOperationFailsAndNoOther() {
    MockVm vm = new MockVm("guest", memory.putLong(0, 1).putLong(2L * Window.SIZE, 2));
    vm.operations().fail(MAP, 2, () -> new VmiException("out of order"));
    assertThat(vm.physicalMemory().readLong(0)).isEqualTo(1);
    assertThatThrownBy(() -> vm.physicalMemory().readLong(2L * Window.SIZE))
        .hasMessage("out of order");
    assertThat(vm.physicalMemory().readLong(2L * Window.SIZE)).isEqualTo(2);
    assertThat(vm.operations().of(MAP)).hasSize(3);
    assertThatThrownBy(() -> vm.operations().fail(MAP, 0, IllegalStateException::new))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDelayedOperationTakesItsTime() {
    MockVm vm = new MockVm("guest", memory.putLong(0, 1));
    vm.operations().delay(MAP, Duration.ofMillis(30));
    long before = System.nanoTime();
    vm.physicalMemory().readLong(0);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(30_000_000);
  }

  @Test
  void aMachineCanDoWhatItWasGiven() {
    MockVm vm = new MockVm("guest", memory).architecture(Architecture.X86_64);
    assertThat(vm.architecture()).contains(Architecture.X86_64);
    assertThat(vm.find(Pausing.class)).isEmpty();
    assertThat(vm.find(Vcpus.class)).isEmpty();
    assertThat(vm.pausable().find(Pausing.class)).isPresent();
  }

  @Test
  void whatIsPutIsSeenAtOnceAndUndone() {
    PhysicalMemory open = memory.putLong(0x1000, 1).open();
    assertThat(open.readLong(0x1000)).isEqualTo(1);
    memory.record().putLong(0x1000, 2).putLong(0x1004, 3);
    assertThat(open.readLong(0x1004)).isEqualTo(3);
    memory.undo();
    assertThat(open.readLong(0x1000)).isEqualTo(1);
    assertThat(open.readLong(0x1004)).isZero();
  }

  @Test
  void bytesMayCrossWindows() {
    byte[] bytes = {1, 2, 3, 4, 5};
    long at = Window.SIZE - 2;
    memory.putInt(0, 0).putInt(Window.SIZE, 0).record().put(at, bytes);
    assertThat(memory.get(at, 5)).isEqualTo(bytes);
    assertThat(memory.open().readBytes(at, 5)).isEqualTo(bytes);
    memory.undo();
    assertThat(memory.get(at, 5)).containsOnly(0);
  }

  @Test
  void aHoleIsAbsentUntilSomethingIsPutThere() {
    memory.putLong(0x1000, 1).hole(0x2000, 0x1000).absenceLifetime(0);
    PhysicalMemory open = memory.open();
    assertThat(open.isPresent(0x2000)).isFalse();
    assertThat(open.isPresent(0x1fff)).isTrue();
    assertThat(open.isPresent(0x3000)).isTrue();
    assertThatThrownBy(() -> open.readLong(0x1ffc))
        .isInstanceOf(MemoryFault.class)
        .hasMessageContaining("0x2000: the test put nothing there");
    memory.put(0x2000, new byte[0x1000]);
    assertThat(open.readLong(0x1ffc)).isZero();
    assertThat(open.isPresent(4L * Window.SIZE)).isFalse();
  }

  @Test
  void anOverlayChangesNothingBelow() {
    PhysicalMemory below = memory.putLong(0x1000, 1).hole(0x3000, 0x1000).open();
    MockMemory overlay = MockMemory.over(below, END).putLong(0x1008, 2);
    PhysicalMemory open = overlay.putLong(9L * Window.SIZE, 3).open();
    assertThat(open.readLong(0x1000)).isEqualTo(1);
    assertThat(open.readLong(0x1008)).isEqualTo(2);
    assertThat(open.readLong(9L * Window.SIZE)).isEqualTo(3);
    assertThat(open.isPresent(0x3000)).isFalse();
    assertThat(open.isPresent(5L * Window.SIZE)).isFalse();
    assertThat(below.readLong(0x1008)).isZero();
  }

  @Test
  void memoryIsOnlyWrittenWherePermittedAndPresent() {
    assertThatThrownBy(() -> memory.putLong(0, 1).open().writeLong(0, 2))
        .hasMessageContaining("cannot be written");
    PhysicalMemory open = memory.writable().hole(0x1000, 0x1000).open();
    assertThat(open.writeAvailable(0xffc, new byte[8], 0, 8)).isEqualTo(4);
    assertThat(open.writeAvailable(8L * Window.SIZE, new byte[8], 0, 8)).isZero();
  }

  @Test
  void anOfferedMachineIsOpenedByItsUri() {
    MockVm vm = new MockVm("offered", memory);
    try (MockDriver.Offer offer = MockDriver.offer("offered", () -> vm)) {
      try (Vm opened = Vmi.open(offer.uri())) {
        assertThat(opened).isSameAs(vm);
        assertThat(opened.uri()).isEqualTo("mock:offered");
      }
      assertThatThrownBy(() -> MockDriver.offer("offered", () -> vm))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(vm.operations().of(CLOSE)).hasSize(1);
    assertThatThrownBy(() -> Vmi.open("mock:offered")).hasMessageContaining("offered");
  }

  @Test
  void anArrayIsMemoryAtAnAddress() {
    ArrayMemory array = new ArrayMemory(0xffff_8000_0000_0000L, new byte[16]);
    array.writeLong(0xffff_8000_0000_0004L, 0x1122_3344_5566_7788L);
    assertThat(array.readInt(0xffff_8000_0000_0008L)).isEqualTo(0x1122_3344);
    assertThat(array.readAvailable(0xffff_8000_0000_000cL, new byte[8], 0, 8)).isEqualTo(4);
    assertThat(
            List.of(
                array.readByte(0xffff_8000_0000_0004L), array.readShort(0xffff_8000_0000_0004L)))
        .isEqualTo(List.of((byte) 0x88, (short) 0x7788));
    assertThatThrownBy(() -> array.readLong(0xffff_8000_0000_000cL))
        .isInstanceOf(MemoryFault.class);
  }
}
