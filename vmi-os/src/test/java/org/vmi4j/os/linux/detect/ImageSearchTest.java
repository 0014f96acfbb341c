package org.vmi4j.os.linux.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Arm64;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.spi.Window;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.ProcessorTables;
import org.vmi4j.testkit.MockMemory;

/** Where an arm64 kernel's image may be, in tables of every shape and in those of an enemy. */
@Timeout(60)
class ImageSearchTest {
  private static final int MAX_STEPS = 1 << 16;
  private static final long MIB = 1 << 20;

  /** What comes before the kernel's code, as Linux 6.12 maps it. */
  private static final long HEAD = 1 << 16;

  private final MockMemory memory = new MockMemory(Window.SIZE);

  private Vm machine(List<RegisterValues> processors) {
    Vm vm = mock(Vm.class);
    when(vm.architecture()).thenReturn(Optional.of(Architecture.AARCH64));
    when(vm.physicalMemory()).thenReturn(memory.open());
    when(vm.find(Vcpus.class)).thenReturn(Optional.of(Vcpus.recorded(processors)));
    return vm;
  }

  private ImageSearch search(RegisterValues processor) {
    ProcessorTables tables =
        ProcessorTables.of(
                machine(List.of(processor)), LinuxArch.of(Architecture.AARCH64).orElseThrow())
            .get(0);
    return new ImageSearch(tables, MAX_STEPS);
  }

  /** The shapes that Linux can be built for, but for those that need 52-bit frames. */
  @ParameterizedTest
  @CsvSource({
    "12,39", "12,48", "12,52", "14,36", "14,47", "14,48", "14,52", "16,42", "16,48", "16,52"
  })
  void theImageIsTheFirstPieceOfCode(int granuleShift, int addressBits) {
    ArmTables tables = new ArmTables(memory, granuleShift, addressBits);
    long page = tables.pageSize();
    long at = (-1L << Math.min(addressBits, 48) - 1) + (32 << 20);
    // A module, of pages from here and there.
    for (int i = 0; i < 5 * MIB / page; i++) {
      at = tables.map(at, 64 * MIB - 2L * i * page, page, ArmTables.CODE);
    }
    at = tables.map(at + page, 96 * MIB, 8 * MIB, ArmTables.DATA);
    at = tables.map(at + page, 128 * MIB, 2 * MIB, ArmTables.CODE);
    long image = at + page;
    tables.map(image, 160 * MIB, HEAD, ArmTables.DATA);
    tables.map(image + HEAD, 160 * MIB + HEAD, 6 * MIB, ArmTables.CODE);

    ImageSearch search = search(tables.processor());

    assertThat(search.next()).hasValue(image);
    assertThat(search.next()).isEmpty();
    assertThat(search.steps()).isLessThan(MAX_STEPS);
  }

  /** It shows every frame of the machine as one piece, so that each table of it would be read. */
  @Test
  void theLinearMapIsLeftAlone() {
    ArmTables tables = new ArmTables(memory, 12, 48);
    tables.map(-1L << 48, 0, 8 * MIB, ArmTables.CODE);

    assertThat(search(tables.processor()).next()).isEmpty();
  }

  @Test
  void aTableThatPointsToItselfEndsTheSearch() {
    for (int at = 0; at < 4096; at += Long.BYTES) {
      memory.putLong(4096 + at, 4096 | ArmTables.CODE);
    }

    ImageSearch search = search(ArmTables.processor(12, 48, 4096));

    assertThat(search.next()).isEmpty();
    assertThat(search.steps()).isEqualTo(MAX_STEPS);
  }

  @Test
  void aTableOfHolesThatIsEverywhereEndsTheSearch() {
    for (int table = 1; table < 4; table++) {
      for (int at = 0; at < 4096; at += Long.BYTES) {
        memory.putLong(4096 * table + at, 4096L * (table + 1) | 3);
      }
    }

    ImageSearch search = search(ArmTables.processor(12, 48, 4096));

    assertThat(search.next()).isEmpty();
    assertThat(search.steps()).isEqualTo(MAX_STEPS);
  }

  /** Blocks of 1 GiB under one table, every other one missing. */
  @Test
  void aMachineFullOfImagesIsGivenUp() {
    for (int at = 0; at < 4096; at += Long.BYTES) {
      memory.putLong(4096 + at, 2 * 4096 | 3);
      memory.putLong(2 * 4096 + at, at % 16 == 0 ? 1 << 30 | 1 : 0);
    }
    RegisterValues processor = ArmTables.processor(12, 48, 4096);

    ImageSearch search = search(processor);
    for (int i = 0; i < 1000; i++) {
      assertThat(search.next()).isPresent();
    }
    assertThat(ProcessorSearch.find(machine(List.of(processor)), Progress.NONE)).isEmpty();
  }

  @Test
  void ofHundredsOfProcessorsThatDisagreeAFewAreAsked() {
    List<RegisterValues> processors = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      processors.add(ArmTables.processor(12, 48, i * 8192L));
    }
    assertThat(
            ProcessorTables.of(
                machine(processors), LinuxArch.of(Architecture.AARCH64).orElseThrow()))
        .hasSize(16);
  }

  @Test
  void aProcessorThatHasNotSetUpItsTablesIsPassedOver() {
    ArmTables tables = new ArmTables(memory, 12, 48);
    long image = -1L << 47;
    tables.map(image, 160 * MIB, 6 * MIB, ArmTables.CODE);
    RegisterValues reset =
        new RegisterValues(Architecture.AARCH64).set(Arm64.TTBR1_EL1, 0L).set(Arm64.TCR_EL1, 0L);

    List<ProcessorTables> found =
        ProcessorTables.of(
            machine(List.of(reset, tables.processor())),
            LinuxArch.of(Architecture.AARCH64).orElseThrow());

    assertThat(new ImageSearch(found.get(0), MAX_STEPS).next()).isEqualTo(OptionalLong.of(image));
  }
}
