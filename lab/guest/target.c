/*
 * The process that tests look into: a name, threads, open files and mappings of every kind that
 * matters, all at rest. Pages that it fills hold, in each eight bytes, their own address.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

#define PAGE ((unsigned long)sysconf(_SC_PAGESIZE))
#define HUGE_PAGE (2UL << 20)

static void *must(void *p) {
  if (p == MAP_FAILED || p == NULL) {
    perror("target");
    exit(1);
  }
  return p;
}

static void fill(char *from, size_t length) {
  for (uint64_t *p = (uint64_t *)from; (char *)p < from + length; p++) {
    *p = (uint64_t)(uintptr_t)p;
  }
}

static char *map(size_t length, int flags, int fd) {
  return must(mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0));
}

static void *sleeper(void *name) {
  prctl(PR_SET_NAME, name);
  for (;;) {
    pause();
  }
  return NULL;
}

/* A child of the given user and name, with a child of its own while depth is above 1. */
static void spawn(int uid, const char *name, int depth) {
  if (fork() == 0) {
    if (depth > 1) {
      spawn(uid + 1, "grandchild", depth - 1);
    }
    if (setgid(uid) || setuid(uid)) {
      exit(1);
    }
    prctl(PR_SET_NAME, name);
    for (;;) {
      pause();
    }
  }
}

int target(void) {
  prctl(PR_SET_NAME, "vmi-target");

  int data = open("/data/file", O_RDWR);
  open("/dev/null", O_WRONLY | O_APPEND);
  int gone = open("/data/deleted", O_RDWR | O_CREAT, 0600);
  unlink("/data/deleted");
  int ends[2];
  if (data < 0 || gone < 0 || pipe(ends) || lseek(data, 1234, SEEK_SET) < 0) {
    return 1;
  }
  socket(AF_UNIX, SOCK_STREAM, 0);

  /* Files without a directory entry, which their file systems name, and files that exec closes. */
  open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  open("/proc/self/ns/pid", O_RDONLY);
  syscall(SYS_pidfd_open, getpid(), 0);
  eventfd(0, 0);

  /* A file of a container's root: the kernel maps the file of the layer below. */
  int inner = open("/data/container/root/inner", O_RDONLY);
  if (inner >= 0) {
    must(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_POPULATE, inner, 0));
  }

  /* A shared and a private mapping of the file; one page of the private one is our own. */
  must(mmap(NULL, 4 * PAGE, PROT_READ, MAP_SHARED | MAP_POPULATE, data, 0));
  char *copy = map(4 * PAGE, MAP_PRIVATE, data);
  fill(copy + PAGE, PAGE);

  fill(map(8 * PAGE, MAP_SHARED | MAP_ANONYMOUS, -1), 3 * PAGE);

  /* A large area with every 16th page touched, and 500 pages in a row for timing reads. */
  char *sparse = map(64 * HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
  madvise(sparse, 64 * HUGE_PAGE, MADV_NOHUGEPAGE);
  for (int i = 0; i < 64; i++) {
    fill(sparse + i * 16 * PAGE, PAGE);
  }
  char *row = map(512 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  madvise(row, 512 * PAGE, MADV_NOHUGEPAGE);
  fill(row, 500 * PAGE);

  /* A huge page, where the kernel has one to give. */
  char *area = map(2 * HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  char *huge = (char *)(((uintptr_t)area + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
  madvise(huge, HUGE_PAGE, MADV_HUGEPAGE);
  fill(huge, HUGE_PAGE);

  /* Pages that are in memory and that nobody may touch: entries with an inverted frame number. */
  char *closed = map(4 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  fill(closed, 4 * PAGE);
  mprotect(closed, 4 * PAGE, PROT_NONE);

  static char *names[] = {"thread-a", "thread-b", "thread c (odd)"};
  for (int i = 0; i < 3; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, sleeper, names[i]);
  }

  spawn(1000, "child one", 2);
  spawn(65534, "nobody)(", 1);
  if (fork() == 0) {
    prctl(PR_SET_NAME, "zombie");
    _exit(7);
  }
  pid_t stopped = fork();
  if (stopped == 0) {
    prctl(PR_SET_NAME, "stopped");
    raise(SIGSTOP);
  }
  siginfo_t info;
  waitid(P_PID, stopped, &info, WSTOPPED | WNOWAIT);
  for (;;) {
    pause();
  }
}
