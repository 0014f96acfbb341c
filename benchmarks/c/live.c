/*
 * The work over a running domain's memory, mapped through libxenforeignmemory in three ways: in
 * windows of 512 frames that stay mapped, as vmi4j has it; page by page, each of which stays mapped;
 * and page by page, each for one use. Takes the folder that the Java side wrote and the domain's
 * number, and prints a name and nanoseconds a line.
 */
#include "work.h"

#include <errno.h>
#include <xenforeignmemory.h>

#define WINDOW_PAGES 512
#define WINDOW ((uint64_t)WINDOW_PAGES * PAGE)
#define WINDOWS 1024
#define FRESH_PASSES 15

struct window {
  const unsigned char *bytes;
  unsigned char absent[WINDOW_PAGES];
};

static xenforeignmemory_handle *memory;
static uint32_t domain;
static struct window windows[WINDOWS];
static const unsigned char *pages_kept[WINDOWS * WINDOW_PAGES];
static const unsigned char *page_in_use;

static const unsigned char *map_frames(uint64_t first, size_t count, int *errors) {
  xen_pfn_t frames[WINDOW_PAGES];
  for (size_t i = 0; i < count; i++) {
    frames[i] = first + i;
  }
  const unsigned char *bytes = xenforeignmemory_map(memory, domain, PROT_READ, count, frames, errors);
  if (bytes == NULL) {
    fprintf(stderr, "live: cannot map: %s\n", strerror(errno));
    exit(1);
  }
  return bytes;
}

static __attribute__((noinline)) void map_window(size_t number) {
  struct window *window = &windows[number];
  int errors[WINDOW_PAGES];
  window->bytes = map_frames(number * WINDOW_PAGES, WINDOW_PAGES, errors);
  for (size_t i = 0; i < WINDOW_PAGES; i++) {
    window->absent[i] = errors[i] != 0;
  }
}

INLINE const unsigned char *in_window(uint64_t address, size_t size) {
  if (address > WINDOWS * WINDOW - size) {
    return NULL;
  }
  size_t number = address / WINDOW;
  const struct window *window = &windows[number];
  if (window->bytes == NULL) {
    map_window(number);
  }
  uint64_t offset = address % WINDOW;
  return window->absent[offset / PAGE] ? NULL : window->bytes + offset;
}

static const unsigned char *map_page(uint64_t frame) {
  int error;
  const unsigned char *page = map_frames(frame, 1, &error);
  if (error != 0) {
    fprintf(stderr, "live: frame %#lx: %s\n", (unsigned long)frame, strerror(-error));
    exit(1);
  }
  return page;
}

INLINE const unsigned char *in_kept_page(uint64_t address, size_t size) {
  if (address > WINDOWS * WINDOW - size) {
    return NULL;
  }
  uint64_t frame = address / PAGE;
  if (pages_kept[frame] == NULL) {
    pages_kept[frame] = map_page(frame);
  }
  return pages_kept[frame] + address % PAGE;
}

static void end_use(void) {
  if (page_in_use != NULL) {
    xenforeignmemory_unmap(memory, (void *)page_in_use, 1);
    page_in_use = NULL;
  }
}

INLINE const unsigned char *in_page_for_one_use(uint64_t address, size_t size) {
  if (address > WINDOWS * WINDOW - size) {
    return NULL;
  }
  end_use();
  page_in_use = map_page(address / PAGE);
  return page_in_use + address % PAGE;
}

static void unmap_all(void) {
  for (size_t i = 0; i < WINDOWS; i++) {
    if (windows[i].bytes != NULL) {
      xenforeignmemory_unmap(memory, (void *)windows[i].bytes, WINDOW_PAGES);
      windows[i].bytes = NULL;
    }
  }
  for (size_t i = 0; i < WINDOWS * WINDOW_PAGES; i++) {
    if (pages_kept[i] != NULL) {
      xenforeignmemory_unmap(memory, (void *)pages_kept[i], 1);
      pages_kept[i] = NULL;
    }
  }
  end_use();
}

static uint64_t walks(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    sum += walk_by(in_window, list.numbers[i]);
  }
  return sum;
}

static uint64_t longs(struct list list) {
  uint64_t sum = 0;
  for (size_t i = 0; i < list.count; i++) {
    sum += entry(in_window, walk_by(in_window, list.numbers[i]));
  }
  return sum;
}

static uint64_t pages(struct list list) { return pages_by(in_window, list); }

static uint64_t pages_by_page(struct list list) { return pages_by(in_kept_page, list); }

static uint64_t pages_mapped_each_time(struct list list) {
  return pages_by(in_page_for_one_use, list);
}

/* Every pass begins with nothing mapped. */
static void measure_fresh(const char *name, uint64_t (*work)(struct list), struct list list) {
  double passes[FRESH_PASSES];
  volatile uint64_t sink = work(list);
  for (size_t i = 0; i < FRESH_PASSES; i++) {
    unmap_all();
    double before = now();
    sink += work(list);
    passes[i] = now() - before;
  }
  print_median(name, passes, FRESH_PASSES, list.count);
}

/* Each window by itself, with nothing mapped before. */
static void measure_windows(struct list list) {
  static double windows[FRESH_PASSES * WINDOWS];
  size_t count = 0;
  volatile uint64_t sink = 0;
  for (size_t pass = 0; pass < FRESH_PASSES; pass++) {
    unmap_all();
    for (size_t i = 0; i < list.count && i < WINDOWS; i++) {
      double before = now();
      sink += entry(in_window, list.numbers[i]);
      windows[count++] = now() - before;
    }
  }
  print_median("window", windows, count, 1);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: live FOLDER DOMAIN\n");
    return 2;
  }
  folder = argv[1];
  domain = atoi(argv[2]);
  memory = xenforeignmemory_open(NULL, 0);
  if (memory == NULL) {
    perror("live: Xen's libraries");
    return 1;
  }
  root = map_list("root").numbers[0];
  measure_windows(map_list("windows"));
  struct list list = map_list("row");
  measure_fresh("rowFresh", pages, list);
  measure_fresh("rowFreshByPage", pages_by_page, list);
  unmap_all();
  measure("row", pages, list, list.count);
  measure("rowByPage", pages_by_page, list, list.count);
  measure("rowEachTime", pages_mapped_each_time, list, list.count);
  list = map_list("walk");
  measure("walk", walks, list, list.count);
  list = map_list("random");
  measure("random", longs, list, list.count);
  return 0;
}
