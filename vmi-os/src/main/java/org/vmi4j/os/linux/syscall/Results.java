package org.vmi4j.os.linux.syscall;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What calls return: their result, and what they leave in the memory of the program. */
final class Results {
  private static final Set<String> FILES =
      Set.of(
          "open",
          "openat",
          "openat2",
          "creat",
          "open_by_handle_at",
          "socket",
          "accept",
          "accept4",
          "dup",
          "dup2",
          "dup3",
          "epoll_create",
          "epoll_create1",
          "eventfd",
          "eventfd2",
          "signalfd",
          "signalfd4",
          "timerfd_create",
          "inotify_init",
          "inotify_init1",
          "fanotify_init",
          "memfd_create",
          "memfd_secret",
          "pidfd_open",
          "pidfd_getfd",
          "perf_event_open",
          "userfaultfd",
          "io_uring_setup",
          "open_tree",
          "fsopen",
          "fsmount",
          "fspick",
          "mq_open");

  private static final Set<String> ADDRESSES = Set.of("mmap", "mmap2", "mremap", "brk", "shmat");

  /** Shows what a call has left where an argument points. */
  @FunctionalInterface
  interface Output {
    String text(Caller caller, long argument, long result);
  }

  private static final Output BYTES =
      (caller, argument, result) -> Kinds.buffer(caller, argument, result);
  private static final Output PAIR =
      (caller, argument, result) -> Kinds.numbers(caller, argument, 2);

  /** getcwd(2) counts the zero at the end. */
  private static final Output PATH =
      (caller, argument, result) -> Kinds.buffer(caller, argument, result - 1);

  private static final Map<String, Output> OUTPUTS =
      Map.of(
          "read.buf", BYTES,
          "pread64.buf", BYTES,
          "recvfrom.ubuf", BYTES,
          "readlink.buf", BYTES,
          "readlinkat.buf", BYTES,
          "getcwd.buf", PATH,
          "pipe.fildes", PAIR,
          "pipe2.fildes", PAIR,
          "socketpair.usockvec", PAIR);

  private Results() {}

  /**
   * Returns the result of a call as text: a number, an address, a file, or the name of an error.
   */
  static String text(Caller caller, String call, long result) {
    if (Errors.isError(result)) {
      return Errors.name(result);
    }
    if (ADDRESSES.contains(call)) {
      return Kinds.address(result);
    }
    return FILES.contains(call)
        ? Kinds.FILE.text(caller, new long[] {result}, 0)
        : Long.toString(result);
  }

  /** Returns how to show what a call leaves where an argument points, if it is shown. */
  static Optional<Output> output(String call, Parameter parameter) {
    return Optional.ofNullable(OUTPUTS.get(call + "." + parameter.name()));
  }
}
