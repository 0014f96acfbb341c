package org.vmi4j.os.linux.syscall;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the kind of an argument: by the call where the meaning of a name depends on it, then by its
 * name and its type.
 */
final class ArgumentKinds {
  private static final Pattern FILE = Pattern.compile(".*fds?_?(in|out)?|fdin|fdout|fildes");
  private static final Set<String> NOT_FILES = Set.of("nfds", "max_fd", "ufds");

  /** Parameters of type {@code const char *} that are no strings. */
  private static final Set<String> BUFFERS = Set.of("buf", "ubuf", "u_msg_ptr");

  /** Parameters of type {@code char *} that are strings all the same. */
  private static final Set<String> STRINGS = Set.of("dev_name", "dir_name", "type", "filename");

  private static final Map<String, Kind> OF_CALLS = new HashMap<>();

  static {
    put(Kinds.openFlags(), "open.flags", "openat.flags", "open_by_handle_at.flags", "pipe2.flags");
    put(Kinds.openFlags(), "dup3.flags", "eventfd2.flags", "epoll_create1.flags");
    put(Kinds.openFlags(), "inotify_init1.flags", "timerfd_create.flags", "signalfd4.flags");
    put(Kinds.namedInt(FileConstants.UNLINK), "unlinkat.flag");
    put(Kinds.namedInt(FileConstants.AT), "newfstatat.flag", "fstatat64.flag", "statx.flags");
    put(Kinds.namedInt(FileConstants.AT), "fchownat.flag", "linkat.flags", "execveat.flags");
    put(Kinds.namedInt(FileConstants.AT), "utimensat.flags", "name_to_handle_at.flag");
    put(Kinds.namedInt(FileConstants.FACCESS), "faccessat2.flags");
    put(Kinds.namedInt(FileConstants.ACCESS_MODE), "access.mode", "faccessat.mode");
    put(Kinds.namedInt(FileConstants.ACCESS_MODE), "faccessat2.mode");
    put(Kinds.namedInt(FileConstants.FCNTL), "fcntl.cmd", "fcntl64.cmd");
    put(Kinds.namedInt(FileConstants.RENAME), "renameat2.flags");
    put(Kinds.named(FileConstants.MOUNT), "mount.flags");
    put(Kinds.namedInt(FileConstants.UMOUNT), "umount2.flags");
    put(Kinds.namedInt(FileConstants.MEMFD), "memfd_create.flags");
    put(Kinds.STRING, "umount2.name", "umount.name", "swapon.specialfile");
    put(Kinds.HEX, "ioctl.cmd", "ioctl.arg", "fcntl.arg", "fcntl64.arg", "statx.mask");
    put(Kinds.named(MemoryConstants.MAP), "mmap.flags", "mmap2.flags");
    put(Kinds.named(MemoryConstants.REMAP), "mremap.flags");
    put(Kinds.namedInt(MemoryConstants.ADVICE), "madvise.behavior");
    put(Kinds.FILE, "mmap.fd", "mmap2.fd");
    put(Kinds.POINTER, "brk.brk", "mremap.addr", "mremap.new_addr", "munmap.addr");
    put(Kinds.POINTER, "clone.newsp", "clone.tls", "ptrace.addr", "ptrace.data");
    put(Kinds.named(ProcessConstants.CLONE), "clone.clone_flags", "unshare.unshare_flags");
    put(Kinds.namedInt(ProcessConstants.CLONE), "setns.flags");
    put(Kinds.namedInt(ProcessConstants.WAIT), "wait4.options", "waitid.options");
    put(Kinds.namedInt(ProcessConstants.SIGNAL_MASK), "rt_sigprocmask.how");
    put(Kinds.named(ProcessConstants.PTRACE), "ptrace.request");
    put(Kinds.SIGNED, "ptrace.pid");
    put(Kinds.namedInt(ProcessConstants.PRCTL), "prctl.option");
    put(Kinds.HEX, "prctl.arg2", "prctl.arg3", "prctl.arg4", "prctl.arg5");
    put(Kinds.namedInt(ProcessConstants.FUTEX), "futex.op");
    put(Kinds.namedInt(ProcessConstants.RESOURCE), "getrlimit.resource", "setrlimit.resource");
    put(Kinds.namedInt(ProcessConstants.RESOURCE), "prlimit64.resource");
    put(Kinds.namedInt(ProcessConstants.BPF), "bpf.cmd");
    put(Kinds.namedInt(ProcessConstants.RANDOM), "getrandom.flags");
    put(Kinds.namedInt(SocketConstants.FAMILY), "socket.family", "socketpair.family");
    put(Kinds.namedInt(SocketConstants.TYPE), "socket.type", "socketpair.type");
    put(Kinds.namedInt(SocketConstants.ACCEPT), "accept4.flags");
    put(Kinds.namedInt(SocketConstants.SHUTDOWN), "shutdown.how");
    put(Kinds.namedInt(SocketConstants.LEVEL), "setsockopt.level", "getsockopt.level");
    put(Kinds.namedInt(SocketConstants.EPOLL), "epoll_ctl.op");
    for (String call : Set.of("sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg")) {
      put(Kinds.namedInt(SocketConstants.MESSAGE), call + ".flags");
    }
    put(Kinds.SOCKET_ADDRESS, "connect.uservaddr", "bind.umyaddr", "sendto.addr");
    put(Kinds.INPUT, "write.buf", "pwrite64.buf", "sendto.buff");
  }

  private ArgumentKinds() {}

  private static void put(Kind kind, String... parameters) {
    for (String parameter : parameters) {
      OF_CALLS.put(parameter, kind);
    }
  }

  /** Returns the kind of a parameter of a call. */
  static Kind of(String call, Parameter parameter) {
    Kind ofCall = OF_CALLS.get(call + "." + parameter.name());
    if (ofCall != null) {
      return ofCall;
    }
    return parameter.isPointer() ? ofPointer(parameter) : ofNumber(parameter);
  }

  private static Kind ofPointer(Parameter parameter) {
    return switch (parameter.type()) {
      case "const char *const *" -> Kinds.STRINGS;
      case "const char *" -> BUFFERS.contains(parameter.name()) ? Kinds.POINTER : Kinds.STRING;
      case "char *" -> STRINGS.contains(parameter.name()) ? Kinds.STRING : Kinds.POINTER;
      default -> Kinds.POINTER;
    };
  }

  private static Kind ofNumber(Parameter parameter) {
    String name = parameter.name();
    if (FILE.matcher(name).matches() && !NOT_FILES.contains(name)) {
      return Kinds.FILE;
    }
    return switch (name) {
      case "sig" -> Kinds.namedInt(ProcessConstants.SIGNAL);
      case "whence" -> Kinds.namedInt(FileConstants.WHENCE);
      case "which_clock", "clockid" -> Kinds.namedInt(ProcessConstants.CLOCK);
      case "prot" -> Kinds.named(MemoryConstants.PROTECTION);
      case "addr", "start" -> Kinds.POINTER;
      default -> name.contains("flag") ? Kinds.HEX : ofType(parameter.type());
    };
  }

  private static Kind ofType(String type) {
    return switch (type.replace("const ", "")) {
      case "umode_t" -> Kinds.OCTAL;
      case "int", "pid_t", "__s32", "clockid_t", "key_serial_t", "mqd_t", "timer_t" -> Kinds.INT;
      case "unsigned int", "unsigned", "u32", "__u32", "uid_t", "gid_t", "qid_t", "rwf_t" ->
          Kinds.UNSIGNED_INT;
      case "long", "off_t", "loff_t" -> Kinds.SIGNED;
      case "size_t", "unsigned long" -> Kinds.UNSIGNED;
      default -> Kinds.HEX;
    };
  }
}
