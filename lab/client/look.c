/*
 * look GUEST: what a C program sees of a guest from dom0, through Xen's libraries and nothing of ours. Walks
 * the guest's page tables from its first processor's root until it meets the kernel's banner, and reads what
 * events Xen offers. When this works and a Java test does not, the fault is not the lab's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>
#include <xenstore.h>

#define PAGE 4096UL
#define ENTRIES 512
#define FRAME 0x0000fffffffff000UL
#define BANNER "Linux version "

static xc_interface *control;
static xenforeignmemory_handle *memory;
static uint32_t domain;
static unsigned long pages_left = 1UL << 20;

static void fail(const char *what) {
  fprintf(stderr, "look: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* The domain of a name; several may be looked at before it is found. */
static uint32_t find(const char *name) {
  struct xs_handle *store = xs_open(0);
  if (store == NULL) {
    fail("xenstore");
  }
  xc_domaininfo_t info[64];
  int count;
  for (uint32_t first = 0; (count = xc_domain_getinfolist(control, first, 64, info)) > 0;) {
    for (int i = 0; i < count; i++) {
      char path[64];
      unsigned length;
      snprintf(path, sizeof path, "/local/domain/%u/name", info[i].domain);
      char *known = xs_read(store, XBT_NULL, path, &length);
      if (known != NULL && strcmp(known, name) == 0) {
        xs_close(store);
        return info[i].domain;
      }
      free(known);
    }
    first = info[count - 1].domain + 1;
  }
  errno = ESRCH;
  fail(name);
  return 0;
}

/* Looks for the banner in pages that lie in a row, of which some may be absent. */
static void search(uint64_t va, const xen_pfn_t *frames, int count) {
  int errors[ENTRIES];
  const char *bytes = xenforeignmemory_map(memory, domain, PROT_READ, count, frames, errors);
  if (bytes == NULL) {
    return;
  }
  for (int i = 0; i < count; i++) {
    if (errors[i] != 0) {
      continue;
    }
    if (pages_left-- == 0) {
      errno = E2BIG;
      fail("no banner in the pages looked at");
    }
    const char *page = bytes + i * PAGE;
    const char *found = memmem(page, PAGE, BANNER, strlen(BANNER));
    /* The real one is a whole line; the format of its first part is in memory as well. */
    if (found != NULL && found + 64 < page + PAGE && found[strlen(BANNER)] != '%') {
      int length = strnlen(found, page + PAGE - found);
      const char *end = memchr(found, '\n', length);
      printf("banner  %.*s\n", (int)(end == NULL ? length : end - found), found);
      printf("at      va 0x%" PRIx64 ", pa 0x%" PRIx64 "\n", va + (found - bytes),
             frames[i] * PAGE + (found - page));
      uint32_t events;
      if (xc_monitor_get_capabilities(control, domain, &events) != 0) {
        fail("the events");
      }
      printf("events  0x%x\n", events);
      exit(0);
    }
  }
  xenforeignmemory_unmap(memory, (void *)bytes, count);
}

/* What tells a leaf above the last level: PS on x86, a block descriptor on ARM. */
static int is_leaf(uint64_t entry, int level) {
#if defined(__x86_64__)
  return level == 1 || (entry & 0x80) != 0;
#else
  return level == 1 || (entry & 2) == 0;
#endif
}

static void walk(uint64_t table, int level, uint64_t va, int first) {
  xen_pfn_t frame = table / PAGE;
  int error;
  uint64_t entries[ENTRIES];
  void *mapped = xenforeignmemory_map(memory, domain, PROT_READ, 1, &frame, &error);
  if (mapped == NULL || error != 0) {
    return;
  }
  memcpy(entries, mapped, sizeof entries);
  xenforeignmemory_unmap(memory, mapped, 1);

  xen_pfn_t frames[ENTRIES];
  int shift = 12 + 9 * (level - 1);
  if (level == 1) {
    for (int i = 0; i < ENTRIES; i++) {
      frames[i] = (entries[i] & 1) ? (entries[i] & FRAME) / PAGE : ~0UL;
    }
    search(va, frames, ENTRIES);
    return;
  }
  for (int i = first; i < ENTRIES; i++) {
    uint64_t at = va + ((uint64_t)i << shift);
    if ((entries[i] & 1) == 0) {
      continue;
    }
    if (!is_leaf(entries[i], level)) {
      walk(entries[i] & FRAME, level - 1, at, 0);
    } else if (level == 2) {
      for (int j = 0; j < ENTRIES; j++) {
        frames[j] = (entries[i] & FRAME & -(PAGE * ENTRIES)) / PAGE + j;
      }
      search(at, frames, ENTRIES);
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: look GUEST\n");
    return 2;
  }
  control = xc_interface_open(NULL, NULL, 0);
  memory = xenforeignmemory_open(NULL, 0);
  if (control == NULL || memory == NULL) {
    fail("Xen's libraries");
  }
  domain = find(argv[1]);
  printf("guest   %s, domain %u\n", argv[1], domain);
  vcpu_guest_context_any_t context;
  if (xc_vcpu_getcontext(control, domain, 0, &context) != 0) {
    fail("the registers");
  }
#if defined(__x86_64__)
  /* The kernel is in the last entry of the top table, and there in the last but one gigabyte. */
  uint64_t root = context.x64.ctrlreg[3] & FRAME;
  printf("root    0x%" PRIx64 "\n", root);
  walk(root, 4, 0xffff000000000000UL, ENTRIES - 1);
#else
  uint64_t root = context.c.ttbr1 & FRAME;
  printf("root    0x%" PRIx64 "\n", root);
  walk(root, 4, 0xffff000000000000UL, 0);
#endif
  errno = ENOENT;
  fail("no banner");
}
