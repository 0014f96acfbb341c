package org.vmi4j.profiles.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.btf.Btf;

class BtfFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreReadOrRefused(byte[] data) {
    try {
      Explorer.explore(Btf.read("fuzz", data));
    } catch (ProfileException refused) {
      Explorer.check(refused);
    }
  }
}
