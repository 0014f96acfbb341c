/*
 * The same work as the Java benchmarks, as plain C over mmap: what the machine allows. Takes the
 * folder that the Java side wrote and the pattern, and prints a name and nanoseconds a line.
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

static const unsigned char *memory;
static size_t memory_size;
static const char *folder;
static const char *pattern;
static uint64_t root;

struct list {
  const uint64_t *numbers;
  size_t count;
};

static struct list map(const char *name) {
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

static uint64_t entry(uint64_t address) {
  uint64_t value;
  if (address > memory_size - sizeof value) {
    return 0;
  }
  memcpy(&value, memory + address, sizeof value);
  return value;
}

/* The physical address, or -1. */
static __attribute__((noinline)) uint64_t walk(uint64_t va) {
  uint64_t table = root;
  for (int shift = 39; shift >= 12; shift -= 9) {
    uint64_t e = entry(table + (va >> shift & 511) * 8);
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

static uint64_t walks(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    sum += walk(list.numbers[i]);
  }
  return sum;
}

static uint64_t pages(struct list list) {
  static unsigned char page[4096];
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    uint64_t pa = walk(list.numbers[i]);
    if (pa <= memory_size - sizeof page) {
      memcpy(page, memory + pa, sizeof page);
      sum += page[7];
    }
  }
  return sum;
}

static uint64_t longs(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    sum += entry(walk(list.numbers[i]));
  }
  return sum;
}

static uint64_t one(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < 1000; i++) {
    sum += entry(walk(*(const volatile uint64_t *)list.numbers));
  }
  return sum;
}

static uint64_t search(struct list list) {
  uint64_t sum = 0;
  const unsigned char *at = memory;
  const unsigned char *end = memory + memory_size;
  (void)list;
  while ((at = memmem(at, end - at, pattern, strlen(pattern))) != NULL) {
    sum += at++ - memory;
  }
  return sum;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* Warms up once, repeats for a while, prints the median of the passes. */
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
  for (size_t i = 1; i < count && i < 2000; i++) {
    for (size_t j = i; j > 0 && passes[j - 1] > passes[j]; j--) {
      double swap = passes[j];
      passes[j] = passes[j - 1];
      passes[j - 1] = swap;
    }
  }
  size_t sorted = count < 2000 ? count : 2000;
  printf("%s %.3f\n", name, passes[sorted / 2] * 1e9 / operations);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: loop FOLDER PATTERN\n");
    return 2;
  }
  folder = argv[1];
  pattern = argv[2];
  struct list image = map("memory.raw");
  memory = (const unsigned char *)image.numbers;
  memory_size = image.count * sizeof(uint64_t);
  root = map("root").numbers[0];
  struct list list = map("walk");
  measure("walk", walks, list, list.count);
  list = map("row");
  measure("pageWarm", pages, list, list.count);
  list = map("cold");
  measure("pageCold", pages, list, list.count);
  list = map("random");
  measure("longOne", one, list, 1000);
  measure("longRandom", longs, list, list.count);
  list = map("anywhere");
  measure("longAnywhere", longs, list, list.count);
  measure("search", search, image, 1);
  return 0;
}
