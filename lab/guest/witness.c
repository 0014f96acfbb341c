/*
 * Prints what the guest's own kernel says of itself, as tables of tab-separated columns between
 * "@@@ name" lines. The list of processes comes last, when nothing moves any more.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#include "guest.h"

static char buffer[1 << 20];

static size_t slurp(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    return 0;
  }
  size_t length = fread(buffer, 1, sizeof buffer - 1, file);
  fclose(file);
  buffer[length] = 0;
  return length;
}

static void section(const char *name) { printf("@@@ %s\n", name); }

static void copy(const char *name, const char *path) {
  section(name);
  size_t length = slurp(path);
  fwrite(buffer, 1, length, stdout);
  if (length == 0 || buffer[length - 1] != '\n') {
    putchar('\n');
  }
}

/* Bytes as text: a zero ends an argument and is written \0, other odd bytes \xNN. */
static void escaped(const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char c = bytes[i];
    if (c == 0) {
      fputs("\\0", stdout);
    } else if (c == '\\' || !isprint(c)) {
      printf("\\x%02x", c);
    } else {
      putchar(c);
    }
  }
}

static int numeric(const struct dirent *entry) { return isdigit((unsigned char)entry->d_name[0]); }

static int by_number(const struct dirent **a, const struct dirent **b) {
  return atoi((*a)->d_name) - atoi((*b)->d_name);
}

static int value(const char *key) {
  char *at = strstr(buffer, key);
  return at == NULL ? -1 : atoi(at + strlen(key));
}

static void task(int pid, int tid) {
  char path[64];
  char name[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
  slurp(path);
  int ppid = value("\nPPid:");
  int uid = value("\nUid:");
  snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
  slurp(path);
  char *end = strrchr(buffer, ')');
  char *begin = strchr(buffer, '(');
  if (begin == NULL || end == NULL) {
    return;
  }
  snprintf(name, sizeof name, "%.*s", (int)(end - begin - 1), begin + 1);
  char state = end[2];
  char *field = end + 2;
  for (int i = 3; i < 22; i++) {
    field = strchr(field, ' ') + 1;
  }
  unsigned long long start = strtoull(field, NULL, 10);
  printf("%d\t%d\t%d\t%d\t%c\t%llu\t%s\t", tid, pid, ppid, uid, state, start, name);
  snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
  escaped(buffer, slurp(path));
  putchar('\n');
}

static void tasks(void) {
  section("tasks");
  puts("pid\ttgid\tppid\tuid\tstate\tstart\tname\tcommand");
  struct dirent **pids;
  int count = scandir("/proc", &pids, numeric, by_number);
  for (int i = 0; i < count; i++) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/task", pids[i]->d_name);
    struct dirent **tids;
    int threads = scandir(path, &tids, numeric, by_number);
    for (int j = 0; j < threads; j++) {
      task(atoi(pids[i]->d_name), atoi(tids[j]->d_name));
    }
  }
}

static void environments(void) {
  section("environ");
  puts("pid\tenvironment");
  struct dirent **pids;
  int count = scandir("/proc", &pids, numeric, by_number);
  for (int i = 0; i < count; i++) {
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/environ", pids[i]->d_name);
    size_t length = slurp(path);
    if (length > 0) {
      printf("%s\t", pids[i]->d_name);
      escaped(buffer, length);
      putchar('\n');
    }
  }
}

static void files(int pid) {
  section("files");
  puts("fd\tposition\tflags\ttarget");
  char path[300];
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  struct dirent **fds;
  int count = scandir(path, &fds, numeric, by_number);
  for (int i = 0; i < count; i++) {
    char link[512];
    snprintf(path, sizeof path, "/proc/%d/fd/%s", pid, fds[i]->d_name);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = 0;
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%s", pid, fds[i]->d_name);
    slurp(path);
    char *flags = strstr(buffer, "flags:");
    unsigned long bits = flags == NULL ? 0 : strtoul(flags + 6, NULL, 8);
    printf("%s\t%d\t0%lo\t%s\n", fds[i]->d_name, value("pos:"), bits, link);
  }
}

/* Every page of a process that the kernel has something to say about, as the kernel says it. */
static void pages(int pid) {
  section("pagemap");
  puts("va\tentry");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/maps", pid);
  FILE *maps = fopen(path, "r");
  snprintf(path, sizeof path, "/proc/%d/pagemap", pid);
  FILE *pagemap = fopen(path, "r");
  unsigned long from, to, page = sysconf(_SC_PAGESIZE);
  char line[4096];
  while (fgets(line, sizeof line, maps) != NULL) {
    if (sscanf(line, "%lx-%lx", &from, &to) != 2 || strstr(line, "[vsyscall]") != NULL) {
      continue;
    }
    for (unsigned long va = from; va < to; va += page) {
      uint64_t entry;
      fseek(pagemap, va / page * 8, SEEK_SET);
      if (fread(&entry, 8, 1, pagemap) == 1 && entry >> 62 != 0) {
        printf("%lx\t%llx\n", va, (unsigned long long)entry);
      }
    }
  }
}

void tell(int pid) {
  char path[64];
  copy("version", "/proc/version");
  copy("cmdline", "/proc/cmdline");
  copy("uptime", "/proc/uptime");
  copy("stat", "/proc/stat");
  copy("iomem", "/proc/iomem");
  copy("modules", "/proc/modules");
  copy("vmcoreinfo", "/sys/kernel/vmcoreinfo");
  copy("mounts", "/proc/mounts");
  section("target");
  printf("%d\n", pid);
  snprintf(path, sizeof path, "/proc/%d/maps", pid);
  copy("maps", path);
  environments();
  files(pid);
  pages(pid);
  section("dmesg");
  int length = klogctl(3, buffer, sizeof buffer);
  fwrite(buffer, 1, length < 0 ? 0 : length, stdout);
  tasks();
  section("end");
  fflush(stdout);
}
