package org.vmi4j.os.linux.arch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinuxSoftwareEntriesTest {
  private static final int PAGE = 12;
  private static final long FRAME = 0x4567_8000L;

  /** PAGE_NONE of arch/arm64/include/asm/pgtable-prot.h: UXN, PXN, nG, AF, SH, read-only. */
  private static final long NONE = 0x0060_0000_0000_0f82L;

  private static final long PROT_NONE = 1L << 58;
  private static final long NOT_GLOBAL = 1L << 11;

  @ParameterizedTest
  @ValueSource(strings = {"4.19.0", "5.10.0-28-arm64", "6.1.0-13-arm64", "6.9.12"})
  void bit58MakesAnEntryUntouchableBefore610(String release) {
    LinuxSoftwareEntries entries = LinuxSoftwareEntries.aarch64(release);
    long untouchable = NONE | PROT_NONE | FRAME;
    assertThat(entries.resident(untouchable, PAGE)).isEqualTo(FRAME);
    assertThat(entries.kind(untouchable, PAGE)).isEqualTo("PROTNONE");
    long swap = 0x0000_0000_0012_3800L;
    assertThat(swap & NOT_GLOBAL).isNotZero();
    assertThat(entries.resident(swap, PAGE)).isEqualTo(-1);
    assertThat(entries.kind(swap, PAGE)).isEqualTo("swap");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.10.0", "6.12.43+deb13-arm64", "7.0.0", "10.1", "of my own"})
  void bit11MakesAnEntryUntouchableSince610(String release) {
    LinuxSoftwareEntries entries = LinuxSoftwareEntries.aarch64(release);
    long untouchable = NONE | FRAME;
    assertThat(entries.resident(untouchable, PAGE)).isEqualTo(FRAME);
    assertThat(entries.kind(untouchable, PAGE)).isEqualTo("PROTNONE");
    long swap = PROT_NONE | 0x0000_0000_0012_3000L;
    assertThat(entries.resident(swap, PAGE)).isEqualTo(-1);
    assertThat(entries.kind(swap, PAGE)).isEqualTo("swap");
  }
}
