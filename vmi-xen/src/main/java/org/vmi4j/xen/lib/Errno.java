package org.vmi4j.xen.lib;

import com.sun.jna.Native;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.vmi4j.api.VmAccessException;
import org.vmi4j.api.VmiException;

/** Error numbers of Linux, which are the same on x86 and Arm, and trying again after some. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int EINVAL = 22;
  public static final int ENOSYS = 38;
  public static final int ENODATA = 61;
  public static final int EOPNOTSUPP = 95;

  private static final int ATTEMPTS = 50;
  private static final long LONGEST_PAUSE = 10_000_000;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(EPERM, "EPERM"),
          Map.entry(ENOENT, "ENOENT"),
          Map.entry(ESRCH, "ESRCH"),
          Map.entry(EINTR, "EINTR"),
          Map.entry(5, "EIO"),
          Map.entry(9, "EBADF"),
          Map.entry(EAGAIN, "EAGAIN"),
          Map.entry(ENOMEM, "ENOMEM"),
          Map.entry(EACCES, "EACCES"),
          Map.entry(14, "EFAULT"),
          Map.entry(EBUSY, "EBUSY"),
          Map.entry(EEXIST, "EEXIST"),
          Map.entry(ENODEV, "ENODEV"),
          Map.entry(EINVAL, "EINVAL"),
          Map.entry(24, "EMFILE"),
          Map.entry(25, "ENOTTY"),
          Map.entry(ENOSYS, "ENOSYS"),
          Map.entry(ENODATA, "ENODATA"),
          Map.entry(EOPNOTSUPP, "EOPNOTSUPP"));

  private Errno() {}

  /** A call that returns a negative number on failure, with the error in errno. */
  @FunctionalInterface
  public interface Call {
    long run();
  }

  /**
   * Makes a call, again and again for about half a second while it fails with EINTR or EAGAIN.
   *
   * @return the result of the call, or the error number, negative
   */
  public static long retry(Call call) {
    for (int attempt = 1; ; attempt++) {
      long result = call.run();
      if (result >= 0) {
        return result;
      }
      int errno = Native.getLastError();
      if (errno != EINTR && errno != EAGAIN || attempt == ATTEMPTS) {
        return -Math.max(1, errno);
      }
      LockSupport.parkNanos(Math.min(LONGEST_PAUSE, 1000L << Math.min(attempt, 20)));
    }
  }

  /** Creates the error for a call that returned a negative error number. */
  public static VmiException failure(String what, long result) {
    String message = what + ": " + explain((int) -result);
    return result == -EPERM ? new VmAccessException(message) : new VmiException(message);
  }

  /** The name of an error of opening a device or a socket, and what it means. */
  public static String explainOpen(int errno) {
    String name = name(errno);
    return switch (errno) {
      case EPERM, EACCES -> name + ": not permitted for this user; run as root";
      case ENOENT -> name + ": there is no such device or socket";
      default -> name;
    };
  }

  private static String name(int errno) {
    return NAMES.getOrDefault(errno, "error " + errno);
  }

  /** The name of an error of a hypercall and what it means. */
  public static String explain(int errno) {
    String name = name(errno);
    return switch (errno) {
      case EPERM ->
          name
              + ": not permitted; run as root in the control domain (dom0), or let the XSM policy"
              + " allow it";
      case EACCES ->
          name
              + ": the libraries and the hypervisor are of different versions (reboot after an"
              + " upgrade, or install the libraries of the Xen that runs), or an XSM policy forbids"
              + " it";
      case EINTR, EAGAIN -> name + ": still so after " + ATTEMPTS + " attempts; try again later";
      case ENOMEM ->
          name
              + ": out of memory or of mappings; open the domain with fewer windows (xen:NAME?windows=1000) or"
              + " raise the sysctl vm.max_map_count";
      default -> name;
    };
  }
}
