package org.vmi4j.os.linux.syscall;

/**
 * Constants of calls about processes: include/uapi/linux/sched.h, asm-generic/signal.h, ptrace.h,
 * prctl.h, futex.h, wait.h, and include/uapi/linux/bpf.h.
 */
final class ProcessConstants {
  static final Constants SIGNAL =
      Constants.values(
          """
          SIGHUP 1
          SIGINT 2
          SIGQUIT 3
          SIGILL 4
          SIGTRAP 5
          SIGABRT 6
          SIGBUS 7
          SIGFPE 8
          SIGKILL 9
          SIGUSR1 10
          SIGSEGV 11
          SIGUSR2 12
          SIGPIPE 13
          SIGALRM 14
          SIGTERM 15
          SIGSTKFLT 16
          SIGCHLD 17
          SIGCONT 18
          SIGSTOP 19
          SIGTSTP 20
          SIGTTIN 21
          SIGTTOU 22
          SIGURG 23
          SIGXCPU 24
          SIGXFSZ 25
          SIGVTALRM 26
          SIGPROF 27
          SIGWINCH 28
          SIGIO 29
          SIGPWR 30
          SIGSYS 31
          """);

  static final Constants SIGNAL_MASK =
      Constants.values(
          """
          SIG_BLOCK 0
          SIG_UNBLOCK 1
          SIG_SETMASK 2
          """);

  /** The lowest byte is the signal that the parent gets, named as its own. */
  static final Constants CLONE =
      Constants.bits(
          """
          SIGCHLD 17 255
          CLONE_VM 0x100
          CLONE_FS 0x200
          CLONE_FILES 0x400
          CLONE_SIGHAND 0x800
          CLONE_PIDFD 0x1000
          CLONE_PTRACE 0x2000
          CLONE_VFORK 0x4000
          CLONE_PARENT 0x8000
          CLONE_THREAD 0x10000
          CLONE_NEWNS 0x20000
          CLONE_SYSVSEM 0x40000
          CLONE_SETTLS 0x80000
          CLONE_PARENT_SETTID 0x100000
          CLONE_CHILD_CLEARTID 0x200000
          CLONE_DETACHED 0x400000
          CLONE_UNTRACED 0x800000
          CLONE_CHILD_SETTID 0x1000000
          CLONE_NEWCGROUP 0x2000000
          CLONE_NEWUTS 0x4000000
          CLONE_NEWIPC 0x8000000
          CLONE_NEWUSER 0x10000000
          CLONE_NEWPID 0x20000000
          CLONE_NEWNET 0x40000000
          CLONE_IO 0x80000000
          """);

  static final Constants WAIT =
      Constants.bits(
          """
          WNOHANG 1
          WUNTRACED 2
          WEXITED 4
          WCONTINUED 8
          WNOWAIT 0x1000000
          __WNOTHREAD 0x20000000
          __WALL 0x40000000
          __WCLONE 0x80000000
          """);

  static final Constants PTRACE =
      Constants.values(
          """
          PTRACE_TRACEME 0
          PTRACE_PEEKTEXT 1
          PTRACE_PEEKDATA 2
          PTRACE_PEEKUSER 3
          PTRACE_POKETEXT 4
          PTRACE_POKEDATA 5
          PTRACE_POKEUSER 6
          PTRACE_CONT 7
          PTRACE_KILL 8
          PTRACE_SINGLESTEP 9
          PTRACE_ATTACH 16
          PTRACE_DETACH 17
          PTRACE_SYSCALL 24
          PTRACE_SETOPTIONS 0x4200
          PTRACE_GETEVENTMSG 0x4201
          PTRACE_GETSIGINFO 0x4202
          PTRACE_SETSIGINFO 0x4203
          PTRACE_GETREGSET 0x4204
          PTRACE_SETREGSET 0x4205
          PTRACE_SEIZE 0x4206
          PTRACE_INTERRUPT 0x4207
          PTRACE_LISTEN 0x4208
          """);

  static final Constants PRCTL =
      Constants.values(
          """
          PR_SET_PDEATHSIG 1
          PR_GET_PDEATHSIG 2
          PR_GET_DUMPABLE 3
          PR_SET_DUMPABLE 4
          PR_GET_KEEPCAPS 7
          PR_SET_KEEPCAPS 8
          PR_SET_NAME 15
          PR_GET_NAME 16
          PR_GET_SECCOMP 21
          PR_SET_SECCOMP 22
          PR_CAPBSET_READ 23
          PR_CAPBSET_DROP 24
          PR_GET_SECUREBITS 27
          PR_SET_SECUREBITS 28
          PR_SET_TIMERSLACK 29
          PR_GET_TIMERSLACK 30
          PR_SET_MM 35
          PR_SET_CHILD_SUBREAPER 36
          PR_GET_CHILD_SUBREAPER 37
          PR_SET_NO_NEW_PRIVS 38
          PR_GET_NO_NEW_PRIVS 39
          PR_CAP_AMBIENT 47
          PR_SET_VMA 0x53564d41
          """);

  static final Constants FUTEX =
      Constants.bits(
          """
          FUTEX_WAIT 0 127
          FUTEX_WAKE 1 127
          FUTEX_REQUEUE 3 127
          FUTEX_CMP_REQUEUE 4 127
          FUTEX_WAKE_OP 5 127
          FUTEX_LOCK_PI 6 127
          FUTEX_UNLOCK_PI 7 127
          FUTEX_TRYLOCK_PI 8 127
          FUTEX_WAIT_BITSET 9 127
          FUTEX_WAKE_BITSET 10 127
          FUTEX_WAIT_REQUEUE_PI 11 127
          FUTEX_CMP_REQUEUE_PI 12 127
          FUTEX_PRIVATE_FLAG 128
          FUTEX_CLOCK_REALTIME 256
          """);

  static final Constants CLOCK =
      Constants.values(
          """
          CLOCK_REALTIME 0
          CLOCK_MONOTONIC 1
          CLOCK_PROCESS_CPUTIME_ID 2
          CLOCK_THREAD_CPUTIME_ID 3
          CLOCK_MONOTONIC_RAW 4
          CLOCK_REALTIME_COARSE 5
          CLOCK_MONOTONIC_COARSE 6
          CLOCK_BOOTTIME 7
          CLOCK_REALTIME_ALARM 8
          CLOCK_BOOTTIME_ALARM 9
          CLOCK_TAI 11
          """);

  static final Constants RESOURCE =
      Constants.values(
          """
          RLIMIT_CPU 0
          RLIMIT_FSIZE 1
          RLIMIT_DATA 2
          RLIMIT_STACK 3
          RLIMIT_CORE 4
          RLIMIT_RSS 5
          RLIMIT_NPROC 6
          RLIMIT_NOFILE 7
          RLIMIT_MEMLOCK 8
          RLIMIT_AS 9
          RLIMIT_LOCKS 10
          RLIMIT_SIGPENDING 11
          RLIMIT_MSGQUEUE 12
          RLIMIT_NICE 13
          RLIMIT_RTPRIO 14
          RLIMIT_RTTIME 15
          """);

  static final Constants BPF =
      Constants.values(
          """
          BPF_MAP_CREATE 0
          BPF_MAP_LOOKUP_ELEM 1
          BPF_MAP_UPDATE_ELEM 2
          BPF_MAP_DELETE_ELEM 3
          BPF_MAP_GET_NEXT_KEY 4
          BPF_PROG_LOAD 5
          BPF_OBJ_PIN 6
          BPF_OBJ_GET 7
          BPF_PROG_ATTACH 8
          BPF_PROG_DETACH 9
          BPF_BTF_LOAD 18
          BPF_LINK_CREATE 28
          """);

  static final Constants RANDOM =
      Constants.bits(
          """
          GRND_NONBLOCK 1
          GRND_RANDOM 2
          GRND_INSECURE 4
          """);

  private ProcessConstants() {}
}
