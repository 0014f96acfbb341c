/*
 * The same work as the Java benchmarks, as plain C: what the machine allows. The including program
 * says how guest memory is reached. Every reader given to these functions is inlined into them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ADDRESS 0x000ffffffffff000UL
#define SECONDS 0.4
#define PAGE 4096
#define INLINE static inline __attribute__((always_inline))

struct list {
  const uint64_t *numbers;
  size_t count;
};

/* The bytes at a physical address, or NULL. They may be there until the next call only. */
typedef const unsigned char *(*reader)(uint64_t address, size_t size);

static const char *folder;
static uint64_t root;

static struct list map_list(const char *name) {
  char path[4096];
  struct stat status;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &status) != 0) {
    perror(path);
    exit(1);
  }
  void *bytes = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, file, 0);
  if (bytes == MAP_FAILED) {
    perror(path);
    exit(1);
  }
  close(file);
  return (struct list){bytes, status.st_size / sizeof(uint64_t)};
}

INLINE uint64_t entry(reader at, uint64_t address) {
  uint64_t value;
  const unsigned char *bytes = at(address, sizeof value);
  if (bytes == NULL) {
    return 0;
  }
  memcpy(&value, bytes, sizeof value);
  return value;
}

/* The physical address, or -1. */
INLINE uint64_t walk_by(reader at, uint64_t va) {
  uint64_t table = root;
  for (int shift = 39; shift >= 12; shift -= 9) {
    uint64_t e = entry(at, table + (va >> shift & 511) * 8);
    if ((e & 1) == 0) {
      return -1;
    }
    if (shift == 12 || (e & 0x80) != 0) {
      uint64_t mask = (1UL << shift) - 1;
      return (e & ADDRESS & ~mask) | (va & mask);
    }
    table = e & ADDRESS;
  }
  return -1;
}

INLINE uint64_t pages_by(reader at, struct list list) {
  static unsigned char page[PAGE];
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    const unsigned char *bytes = at(walk_by(at, list.numbers[i]), sizeof page);
    if (bytes != NULL) {
      memcpy(page, bytes, sizeof page);
      sum += page[7];
    }
  }
  return sum;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a;
  double y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Prints a name and the median of some passes, in nanoseconds for each operation. */
static void print_median(const char *name, double *passes, size_t count, size_t operations) {
  qsort(passes, count, sizeof *passes, ascending);
  printf("%s %.3f\n", name, passes[count / 2] * 1e9 / operations);
}

/* Does work once to warm up and then for a while. */
static void measure(const char *name, uint64_t (*work)(struct list), struct list list,
                    size_t operations) {
  static double passes[1 << 20];
  size_t count = 0;
  volatile uint64_t sink = work(list);
  double start = now();
  double before = start;
  do {
    sink += work(list);
    double after = now();
    passes[count++] = after - before;
    before = after;
  } while (before - start < SECONDS && count < sizeof passes / sizeof *passes);
  print_median(name, passes, count, operations);
}
