/*
 * Makes events in a live guest, and prints how many: exercise WHAT COUNT.
 *
 *   calls        system calls that nothing else makes: getpgid of a process that is not there
 *   mapped       writes to one page of its own, whose address is printed first
 *   cpuid        executions of CPUID
 *   traps        breakpoint instructions of its own, whose signals it counts
 *   steps        single steps by the trap flag, whose signals it counts
 *   tables       reads of the registers of descriptor tables
 *   segments     writes of the base of GS by the kernel
 *   code ADDRESS the eight bytes at a kernel address, as the kernel reads them
 *   script       the system calls of a program that opens, reads, connects and starts another one
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static long calls(long count) {
  long failed = 0;
  for (long i = 0; i < count; i++) {
    failed += getpgid(0x3fffffff) < 0;
  }
  return failed;
}

static long mapped(long count) {
  volatile uint64_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  page[0] = 1;
  printf("@@@ page %p pid %d\n", (void *)page, (int)getpid());
  fflush(stdout);
  sleep(count > 0 ? 20 : 0);
  for (long i = 0; i < count; i++) {
    page[i % 512] = (uint64_t)i;
  }
  return count;
}

#if defined(__x86_64__)
#include <asm/prctl.h>
#include <cpuid.h>

static volatile sig_atomic_t signals;

static void count_signal(int number) {
  (void)number;
  signals++;
}

static long cpuid(long count) {
  unsigned a;
  unsigned b;
  unsigned c;
  unsigned d;
  long vendors = 0;
  for (long i = 0; i < count; i++) {
    __cpuid(0, a, b, c, d);
    vendors += b != 0;
  }
  return vendors;
}

static long traps(long count) {
  signal(SIGTRAP, count_signal);
  for (long i = 0; i < count; i++) {
    __asm__ volatile("int3");
  }
  return signals;
}

static long steps(long count) {
  signal(SIGTRAP, count_signal);
  for (long i = 0; i < count; i++) {
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; pushfq; andq $~0x100, (%%rsp); popfq" ::: "cc", "memory");
  }
  return signals;
}

static long tables(long count) {
  unsigned char table[10];
  for (long i = 0; i < count; i++) {
    __asm__ volatile("sidt %0" : "=m"(table));
  }
  return count;
}

static long segments(long count) {
  long set = 0;
  for (long i = 0; i < count; i++) {
    set += syscall(SYS_arch_prctl, ARCH_SET_GS, 0x10000 + i * 16) == 0;
  }
  return set;
}
#else
static long missing(long count) {
  (void)count;
  fputs("not on this architecture\n", stderr);
  exit(1);
}
#define cpuid missing
#define traps missing
#define steps missing
#define tables missing
#define segments missing
#endif

/* /proc/kcore is an ELF file; the program header of an address says where it is in the file. */
static int code(uint64_t address) {
  int file = open("/proc/kcore", O_RDONLY);
  unsigned char head[64];
  unsigned char program[56];
  if (file < 0 || pread(file, head, sizeof head, 0) != sizeof head) {
    perror("/proc/kcore");
    return 1;
  }
  uint16_t count;
  memcpy(&count, head + 56, sizeof count);
  for (int i = 0; i < count; i++) {
    uint64_t offset;
    uint64_t start;
    uint64_t size;
    if (pread(file, program, sizeof program, 64 + i * (long)sizeof program) != sizeof program) {
      return 1;
    }
    memcpy(&offset, program + 8, 8);
    memcpy(&start, program + 16, 8);
    memcpy(&size, program + 40, 8);
    if (address >= start && address - start < size) {
      uint64_t value;
      if (pread(file, &value, 8, (off_t)(offset + (address - start))) != 8) {
        return 1;
      }
      printf("@@@ code %016" PRIx64 "\n", value);
      return 0;
    }
  }
  fputs("no such address\n", stderr);
  return 1;
}

/* What happens is written down by the program itself: result and errno of each call. */
static void note(const char *call, long result) {
  printf("@@@ did %s = %ld", call, result);
  if (result < 0) {
    printf(" %s", strerrorname_np(errno));
  }
  putchar('\n');
}

static long script(long count) {
  for (long i = 0; i < count; i++) {
    char buffer[64];
    int file = open("/data/file", O_RDONLY | O_CLOEXEC);
    note("openat /data/file", file);
    note("read", read(file, buffer, sizeof buffer));
    note("close", close(file));
    note("openat /no/such/file", open("/no/such/file", O_RDWR | O_CREAT | O_EXCL, 0640));
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    note("socket", tcp);
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
    note("connect 127.0.0.1:9", connect(tcp, (struct sockaddr *)&in, sizeof in));
    int local = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/data/no-socket"};
    note("connect /data/no-socket", connect(local, (struct sockaddr *)&un, sizeof un));
    close(tcp);
    close(local);
    pid_t child = fork();
    if (child == 0) {
      char *const arguments[] = {"true", "one", "two words", NULL};
      char *const environment[] = {"A=1", NULL};
      execve("/bin/true", arguments, environment);
      _exit(1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    note("execve /bin/true", status == 0 ? 0 : -1);
  }
  return count;
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    long (*work)(long);
  } all[] = {{"calls", calls}, {"mapped", mapped}, {"cpuid", cpuid},       {"traps", traps},
             {"steps", steps}, {"tables", tables}, {"segments", segments}, {"script", script}};
  if (argc != 3) {
    fputs("exercise WHAT COUNT\n", stderr);
    return 2;
  }
  if (strcmp(argv[1], "code") == 0) {
    return code(strtoull(argv[2], NULL, 0));
  }
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    if (strcmp(argv[1], all[i].name) == 0) {
      long done = all[i].work(atol(argv[2]));
      printf("@@@ %s %ld\n", argv[1], done);
      return 0;
    }
  }
  fprintf(stderr, "no exercise %s\n", argv[1]);
  return 2;
}
