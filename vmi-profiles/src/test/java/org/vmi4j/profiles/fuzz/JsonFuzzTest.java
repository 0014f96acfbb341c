package org.vmi4j.profiles.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.io.Profiles;

class JsonFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyFileIsReadOrRefused(byte[] data) {
    try {
      Profile profile = Profiles.read("fuzz", new ByteArrayInputStream(data));
      Explorer.explore(profile.types());
      Explorer.explore(profile.symbols());
    } catch (ProfileException refused) {
      Explorer.check(refused);
    }
  }
}
