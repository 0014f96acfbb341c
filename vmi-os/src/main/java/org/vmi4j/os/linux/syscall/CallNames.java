package org.vmi4j.os.linux.syscall;

import java.util.List;
import java.util.Map;

/** The names of calls in section 2 of the manual, where the kernel's functions have others. */
final class CallNames {
  private static final Map<String, String> OF_MANUAL =
      Map.of(
          "newstat", "stat",
          "newlstat", "lstat",
          "newfstat", "fstat",
          "newuname", "uname",
          "umount", "umount2",
          "oldumount", "umount",
          "mmap_pgoff", "mmap2");

  /**
   * Of arch/x86/kernel/sys_ia32.c and arch/arm64/kernel/sys32.c, whose functions have the
   * architecture of their programs in their names.
   */
  private static final List<String> OF_NARROW = List.of("ia32_", "aarch32_");

  private CallNames() {}

  /** Returns the name of a call. */
  static String of(String function) {
    String name =
        OF_NARROW.stream()
            .filter(function::startsWith)
            .findFirst()
            .map(prefix -> function.substring(prefix.length()))
            .orElse(function);
    return OF_MANUAL.getOrDefault(name, name);
  }

  /**
   * Returns whether a function is one of 32-bit programs alone, whose parameters are not those of
   * the call of the same name in 64 bits.
   */
  static boolean isOfNarrow(String function) {
    return OF_NARROW.stream().anyMatch(function::startsWith);
  }

  /**
   * Returns the name of the call of 64-bit programs that does what one of 32-bit programs does with
   * another width of its times: {@code "ppoll"} of {@code "ppoll_time64"}.
   */
  static String withoutWidthOfTime(String name) {
    return name.replaceFirst("_time(32|64)$", "");
  }
}
