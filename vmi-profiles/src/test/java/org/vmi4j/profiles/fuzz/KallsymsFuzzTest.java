package org.vmi4j.profiles.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.profiles.ProfileException;
import org.vmi4j.profiles.kallsyms.Kallsyms;
import org.vmi4j.profiles.kallsyms.KallsymsFinder;
import org.vmi4j.profiles.kallsyms.KallsymsTables;
import org.vmi4j.testkit.ArrayMemory;

class KallsymsFuzzTest {
  private static final long BASE = 0xffffffff81000000L;

  /** Decodes the memory with tables in fixed places: what is there is anything. */
  @FuzzTest(maxDuration = "60s")
  void anyTablesAreDecodedOrRefused(byte[] data) {
    KallsymsTables tables =
        new KallsymsTables(
            BASE, BASE + 8, BASE + 64, BASE + 128, new KallsymsTables.Relative(BASE, BASE + 8, 8));
    try {
      Explorer.explore(Kallsyms.decode(new ArrayMemory(BASE, data), tables));
    } catch (ProfileException refused) {
      Explorer.check(refused);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyMemoryIsSearched(byte[] data) {
    ArrayMemory memory = new ArrayMemory(BASE, data);
    Optional<KallsymsTables> found =
        KallsymsFinder.find(memory, BASE, data.length, 8, Progress.NONE);
    try {
      found.ifPresent(tables -> Explorer.explore(Kallsyms.decode(memory, tables)));
    } catch (ProfileException refused) {
      Explorer.check(refused);
    }
  }
}
