/*
 * The work over mmap of a raw image. Takes the folder that the Java side wrote and the pattern, and
 * prints a name and nanoseconds a line.
 */
#include "work.h"

static const unsigned char *memory;
static size_t memory_size;
static const char *pattern;

INLINE const unsigned char *in_image(uint64_t address, size_t size) {
  return address <= memory_size - size ? memory + address : NULL;
}

static __attribute__((noinline)) uint64_t walk(uint64_t va) { return walk_by(in_image, va); }

static uint64_t walks(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    sum += walk(list.numbers[i]);
  }
  return sum;
}

static uint64_t pages(struct list list) { return pages_by(in_image, list); }

static uint64_t longs(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    sum += entry(in_image, walk(list.numbers[i]));
  }
  return sum;
}

static uint64_t one(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < 1000; i++) {
    sum += entry(in_image, walk(*(const volatile uint64_t *)list.numbers));
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

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: loop FOLDER PATTERN\n");
    return 2;
  }
  folder = argv[1];
  pattern = argv[2];
  struct list image = map_list("memory.raw");
  memory = (const unsigned char *)image.numbers;
  memory_size = image.count * sizeof(uint64_t);
  root = map_list("root").numbers[0];
  struct list list = map_list("walk");
  measure("walk", walks, list, list.count);
  list = map_list("row");
  measure("pageWarm", pages, list, list.count);
  list = map_list("cold");
  measure("pageCold", pages, list, list.count);
  list = map_list("random");
  measure("longOne", one, list, 1000);
  measure("longRandom", longs, list, list.count);
  list = map_list("anywhere");
  measure("longAnywhere", longs, list, list.count);
  measure("search", search, image, 1);
  return 0;
}
