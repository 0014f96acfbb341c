package org.vmi4j.os.linux.syscall;

/**
 * The names of errors: include/uapi/asm-generic/errno-base.h and errno.h, and include/linux/errno.h
 * for those that the kernel keeps to itself.
 */
final class Errors {
  /** MAX_ERRNO of include/linux/err.h. */
  private static final int MOST = 4095;

  /** From 0 on; {@code -} where a number has no name. */
  private static final String[] NAMES =
      """
      - EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF
      ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV
      ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE
      EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY
      ELOOP - ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH
      ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT
      ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT
      ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC
      ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ
      EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT
      EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL
      ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN
      ETOOMANYREFS
      ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM
      ENAVAIL
      EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED
      EKEYREJECTED
      EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON
      """
          .split("\\s+");

  private static final int FIRST_INTERNAL = 512;

  /** With these the kernel tells itself to begin a call anew after a signal, or not. */
  private static final String[] INTERNAL = {
    "ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ENOIOCTLCMD", "ERESTART_RESTARTBLOCK"
  };

  private Errors() {}

  /** Returns whether the result of a call is an error. */
  static boolean isError(long result) {
    return result < 0 && result >= -MOST;
  }

  /** Returns the name of an error. */
  static String name(long result) {
    int number = (int) -result;
    if (number < NAMES.length && !"-".equals(NAMES[number])) {
      return NAMES[number];
    }
    int internal = number - FIRST_INTERNAL;
    return internal >= 0 && internal < INTERNAL.length ? INTERNAL[internal] : "error " + number;
  }
}
