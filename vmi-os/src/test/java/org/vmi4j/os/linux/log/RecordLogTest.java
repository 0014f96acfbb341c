package org.vmi4j.os.linux.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PagingMode;
import org.vmi4j.api.spi.Window;
import org.vmi4j.os.Budget;
import org.vmi4j.os.Listing;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LogLine;
import org.vmi4j.profiles.io.Profiles;
import org.vmi4j.testkit.MockMemory;

/**
 * The log of kernels before 5.10, of which no image is at hand: laid out as struct printk_log is.
 */
class RecordLogTest {
  private static final String PROFILE =
      """
      {"$METADATA": {"arch": "AMD64", "ProfileClass": "Linux"},
       "$STRUCTS": {"printk_log": [16, {
         "ts_nsec": [0, ["unsigned long long"]],
         "len": [8, ["unsigned short"]],
         "text_len": [10, ["unsigned short"]],
         "dict_len": [12, ["unsigned short"]],
         "facility": [14, ["unsigned char"]],
         "flags": [15, ["BitField", {"start_bit": 0, "end_bit": 5, "target": "unsigned char"}]],
         "level": [15, ["BitField", {"start_bit": 5, "end_bit": 8, "target": "unsigned char"}]]}]},
       "$CONSTANTS": {"log_buf": 4096, "log_buf_len": 4104, "log_first_idx": 4108,
         "log_next_idx": 4112}}
      """;
  private static final int BUFFER = 0x2000;
  private static final int SIZE = 256;

  private final MockMemory memory = new MockMemory(Window.SIZE);

  private void record(int at, long time, int level, String text) {
    memory.putLong(BUFFER + at, time);
    memory.putShort(BUFFER + at + 8, (short) (16 + (text.length() + 3) / 4 * 4));
    memory.putShort(BUFFER + at + 10, (short) text.length());
    memory.put(BUFFER + at + 15, (byte) (level << 5 | 6));
    memory.put(BUFFER + at + 16, text.getBytes(StandardCharsets.US_ASCII));
  }

  private Listing<LogLine> log(int first, int next) {
    memory.putLong(4096, BUFFER).putInt(4104, SIZE).putInt(4108, first).putInt(4112, next);
    AddressSpace space = AddressSpace.of(memory.open(), PagingMode.NONE, 0);
    byte[] json = PROFILE.getBytes(StandardCharsets.UTF_8);
    Kernel kernel =
        new Kernel(
            Architecture.X86_64,
            "4.19",
            "",
            Optional.empty(),
            0,
            0,
            space,
            Profiles.read("test", new ByteArrayInputStream(json)),
            "");
    return new KernelLog(kernel).lines(new Budget(1 << 20));
  }

  @Test
  void recordsFollowEachOtherAndWrap() {
    record(200, 1_000_000, 6, "the oldest");
    memory.putShort(BUFFER + 228 + 8, (short) 0);
    record(0, 2_000_000, 3, "from the start");
    record(32, 3_000_000, 7, "the newest");
    Listing<LogLine> log = log(200, 60);
    assertThat(log.broken()).isEmpty();
    assertThat(log.items())
        .containsExactly(
            new LogLine(1_000_000, 6, "the oldest"),
            new LogLine(2_000_000, 3, "from the start"),
            new LogLine(3_000_000, 7, "the newest"));
  }

  @Test
  void aRecordThatLiesAboutItsLengthEndsTheLog() {
    record(0, 1, 6, "good");
    record(20, 2, 6, "bad");
    memory.putShort(BUFFER + 20 + 10, (short) 200);
    Listing<LogLine> log = log(0, 100);
    assertThat(log.items()).hasSize(1);
    assertThat(log.broken()).hasValueSatisfying(why -> assertThat(why).contains("200 of text"));
  }

  @Test
  void aLogThatNeverEndsIsCutOff() {
    record(0, 1, 6, "good");
    assertThat(log(0, 10).broken()).isPresent();
  }
}
