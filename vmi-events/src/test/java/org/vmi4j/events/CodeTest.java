package org.vmi4j.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeTest {

  private static int skippable(Code code, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return code.skippable(bytes, bytes.length);
  }

  /** The forms that Intel recommends, and that GCC and Linux emit: SDM volume 2B, NOP. */
  @ParameterizedTest
  @CsvSource({
    "90 55, 1",
    "66 90 55, 2",
    "0f 1f 00 55, 3",
    "0f 1f 40 00 55, 4",
    "0f 1f 44 00 00 55, 5",
    "66 0f 1f 44 00 00 55, 6",
    "0f 1f 80 00 00 00 00 55, 7",
    "0f 1f 84 00 00 00 00 00 55, 8",
    "66 0f 1f 84 00 00 00 00 00 55, 9",
    "66 66 2e 0f 1f 84 00 00 00 00 00, 11",
    "0f 1f 04 25 01 02 03 04 55, 8",
    "0f 1f 05 01 02 03 04 55, 7",
    "f3 0f 1e fa 55, 4",
    "f3 0f 1e fb 55, 4",
    "f3 0f 1e c8 55, 0",
    "f3 90 55 55, 0",
    "55, 0",
    "0f 1f, 0",
    "0f 1f 84 00 00, 0",
    "0f 0b 55, 0",
    "e9 00 00 00 00, 0",
    "66 66 66, 0"
  })
  void noOperationsOfX86(String bytes, int length) {
    assertThat(skippable(new X86Code(), bytes)).isEqualTo(length);
  }

  @ParameterizedTest
  @CsvSource({
    "1f 20 03 d5, 4",
    "1f 24 03 d5, 4",
    "5f 24 03 d5, 4",
    "9f 24 03 d5, 4",
    "df 24 03 d5, 4",
    "3f 23 03 d5, 0",
    "e9 03 1e aa, 0",
    "1f 20 03, 0"
  })
  void noOperationsOfA64(String bytes, int length) {
    assertThat(skippable(new Arm64Code(), bytes)).isEqualTo(length);
  }

  @Test
  void theBreakpointOfA64IsSmc() {
    assertThat(HexFormat.of().formatHex(new Arm64Code().breakpoint())).isEqualTo("030000d4");
  }
}
