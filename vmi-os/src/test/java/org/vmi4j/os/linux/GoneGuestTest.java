package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmGoneException;
import org.vmi4j.api.Vmi;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.Operation;

/** A machine that goes away while a list is read is gone; it is no damaged list. */
class GoneGuestTest {
  private static final int WINDOWS = 2;
  private static final int MAPPINGS = 8;

  @Test
  void noListTakesAMachineThatIsGoneForAListThatBreaks() {
    GuestFiles guest = GuestFiles.bundled();
    try (Vm image = Vmi.open(guest.uri())) {
      MockMemory memory =
          MockMemory.over(image.physicalMemory(), image.physicalMemory().end())
              .windowLimit(WINDOWS);
      Linux linux = Linux.detect(new MockVm("gone", memory).architecture(Architecture.X86_64));
      LinuxProcess process = linux.process(guest.targetPid());
      assertThat(process.regions().broken()).isEmpty();
      for (int mapping = 1; mapping <= MAPPINGS; mapping++) {
        assertGone(memory, mapping, process::regions);
        assertGone(memory, mapping, process::files);
        assertGone(memory, mapping, linux::processes);
        assertGone(memory, mapping, linux::modules);
        assertGone(memory, mapping, linux::log);
      }
    }
  }

  private static void assertGone(MockMemory memory, int mapping, Runnable list) {
    memory
        .operations()
        .fail(Operation.Kind.MAP, mapping, () -> new VmGoneException("the machine is gone"));
    assertThatThrownBy(list::run).isInstanceOf(VmGoneException.class);
  }
}
