package org.vmi4j.xen.host;

import com.sun.jna.NativeLibrary;
import java.util.function.Supplier;

/**
 * Runs code without the rights of root. Linux keeps the user of each thread apart (setresuid(2), "C
 * library/kernel differences"), and the saved user stays, so that the thread may return to it.
 */
public final class OrdinaryUser {
  /** The number of setresuid, in the kernel's asm/unistd.h. */
  private static final long SETRESUID = System.getProperty("os.arch").equals("aarch64") ? 147 : 117;

  private static final NativeLibrary PROCESS = NativeLibrary.getProcess();
  private static final long ROOT = 0;
  private static final long NOBODY = 65534;
  private static final long UNCHANGED = -1;

  private OrdinaryUser() {}

  /** Runs code in this thread, as nobody if the user is root. */
  public static <T> T run(Supplier<T> code) {
    if (PROCESS.getFunction("geteuid").invokeInt(new Object[0]) != ROOT) {
      return code.get();
    }
    become(NOBODY);
    try {
      return code.get();
    } finally {
      become(ROOT);
    }
  }

  private static void become(long user) {
    Object[] arguments = {SETRESUID, user, user, UNCHANGED};
    if (PROCESS.getFunction("syscall").invokeLong(arguments) != 0) {
      throw new IllegalStateException("root may not become user " + user + " (setresuid)");
    }
  }
}
