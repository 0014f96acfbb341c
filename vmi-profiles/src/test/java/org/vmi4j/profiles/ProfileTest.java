package org.vmi4j.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vmi4j.profiles.io.Profiles;
import org.vmi4j.testkit.ArrayMemory;

class ProfileTest {
  private static final String REKALL =
      """
      {"$METADATA": {"ProfileClass": "Linux", "arch": "AMD64"},
       "$CONSTANTS": {"init_task": 18446744071606217280},
       "$STRUCTS": {"task_struct": [64, {"pid": [8, ["int", {}]], "state": [16, ["long", {}]],
         "comm": [24, ["Array", {"count": 16, "target": "char"}]]}]}}
      """;

  private static Profile profile() {
    return Profiles.read(
        "linux.json", new ByteArrayInputStream(REKALL.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void bindsWhatIsThere() {
    Binder binder = profile().binder();
    Field pid = binder.field("task_struct", "pid");
    Field state = binder.firstOf("task_struct", "__state", "state");
    long size = binder.size("task_struct");
    long initTask = binder.symbol("init_task");
    assertThatCode(binder::check).doesNotThrowAnyException();
    assertThat(pid.offset()).isEqualTo(8);
    assertThat(state.name()).isEqualTo("state");
    assertThat(size).isEqualTo(64);
    assertThat(initTask).isEqualTo(0xffffffff82a1aa40L);
    assertThat(binder.optional("task_struct", "tgid")).isEmpty();
    assertThat(binder.optional("no_such", "tgid")).isEmpty();
  }

  @Test
  void namesAllThatIsMissingAtOnce() {
    Binder binder = profile().binder();
    Field missing = binder.field("task_struct", "tgid");
    assertThat(binder.field("mm_struct", "pgd").size()).isZero();
    assertThat(binder.firstOf("task_struct", "__stat", "stat").size()).isZero();
    assertThat(binder.size("cred")).isZero();
    assertThat(binder.symbol("linux_banner")).isZero();

    assertThatThrownBy(binder::check)
        .isInstanceOf(ProfileException.class)
        .hasMessage(
            "linux.json (Rekall JSON): 15 types, 1 symbols, lacks member task_struct.tgid,"
                + " type mm_struct, member task_struct.__stat or task_struct.stat, type cred,"
                + " symbol linux_banner; supply a profile made for the kernel that the guest runs");
    assertThatThrownBy(() -> missing.read(new ArrayMemory(0, new byte[8]), 0))
        .isInstanceOf(ProfileException.class);
  }

  @Test
  void changesOnlyWhatItIsAskedTo() {
    Profile profile = profile();
    assertThat(profile.identity()).isEmpty();
    Identity banner = new Identity.LinuxBanner("Linux version 6.1");
    Profile other = profile.withIdentity(banner).withSymbols(Symbols.NONE);
    assertThat(other.identity()).contains(banner);
    assertThat(other.symbols().count()).isZero();
    assertThat(other.types()).isSameAs(profile.types());
    assertThat(other.origin()).isEqualTo(profile.origin());
  }

  @ParameterizedTest
  @CsvSource({
    "1, true, 0, 0, -1",
    "1, false, 0, 0, 255",
    "2, true, 0, 0, -1",
    "2, false, 0, 0, 65535",
    "4, true, 0, 0, -1",
    "4, false, 0, 0, 4294967295",
    "8, false, 0, 0, -1",
    "4, false, 4, 3, 7",
    "4, true, 4, 3, -1",
    "8, false, 60, 4, 15",
    "8, true, 0, 64, -1"
  })
  void readsNumbersOfEverySize(int size, boolean signed, int bitOffset, int bitSize, long value) {
    Type type = new IntegerType("n", size, signed, IntegerType.Encoding.NUMBER);
    Field field = Field.of("n", type, 8, bitOffset, bitSize);
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, 8, 8 + size, (byte) 0xff);
    assertThat(field.read(new ArrayMemory(0x1000, bytes), 0x1000)).isEqualTo(value);
  }

  @Test
  void readsBitFieldsThatStraddleTheirStorage() {
    Type type = new IntegerType("n", 4, false, IntegerType.Encoding.NUMBER);
    Field field = Field.of("n", type, 0, 30, 5);
    assertThat(field.offset()).isEqualTo(3);
    byte[] bytes = {0, 0, 0, (byte) 0b1100_0000, 0b101, 0, 0, 0};
    assertThat(field.read(new ArrayMemory(0, bytes), 0)).isEqualTo(0b10111);
  }

  @Test
  void refusesToReadWhatIsNoNumber() {
    Field comm = profile().types().struct("task_struct").orElseThrow().field("comm").orElseThrow();
    assertThatThrownBy(() -> comm.read(new ArrayMemory(0, new byte[64]), 0))
        .isInstanceOf(ProfileException.class)
        .hasMessage("comm is char [16] of 16 bytes, which is not a number");
  }
}
