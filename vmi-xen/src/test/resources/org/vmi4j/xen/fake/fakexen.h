/* What the parts of the stand-in for Xen share. */
#ifndef FAKEXEN_H
#define FAKEXEN_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define DOMAINS 16
#define HOLES 64
#define STORES 64
#define DYING 1
#define HVM_GUEST 2
#define VCPUS 2
/* struct hvm_hw_cpu of public/arch-x86/hvm/save.h, struct vcpu_guest_context of public/arch-x86/xen.h */
#define HVM_CPU 1032
#define CONTEXT 5168

/* struct xen_domctl_getdomaininfo of xen/include/public/domctl.h */
struct domaininfo {
	uint16_t domain, pad1;
	uint32_t flags;
	uint64_t tot_pages, max_pages, outstanding_pages, shr_pages, paged_pages, shared_info_frame, cpu_time;
	uint32_t nr_online_vcpus, max_vcpu_id, ssidref;
	uint8_t handle[16];
	uint32_t cpupool;
#if RELEASE >= 416
	uint8_t gpaddr_bits, pad2[7];
	uint32_t emulation_flags, misc_flags;
#elif RELEASE >= 415
	uint32_t emulation_flags, misc_flags;
#elif RELEASE >= 411
	uint32_t emulation_flags;
#endif
};
#if RELEASE >= 416
_Static_assert(sizeof(struct domaininfo) == 112, "size");
#elif RELEASE >= 411
_Static_assert(sizeof(struct domaininfo) == 104, "size");
#else
_Static_assert(sizeof(struct domaininfo) == 96, "size");
#endif

struct hole {
	uint64_t first, last;
};

struct domain {
	bool used;
	struct domaininfo info;
	uint32_t emulation;
	char name[64];
	int file;
	uint64_t max_gpfn;
	struct hole holes[HOLES];
	long pauses;
	uint8_t saved[VCPUS][HVM_CPU], contexts[VCPUS][CONTEXT];
	bool down[VCPUS];
	unsigned width;
};

extern struct domain domains[DOMAINS];
extern pthread_mutex_t lock;
extern long handles;

/* Whether a call is to fail, as a test has asked for. */
bool fails(const char *function);
struct domain *find(uint32_t id);
/* A domain, or none with the error that the hypervisor gives. */
struct domain *called(const char *function, uint32_t id);
/* Forgets what was monitored, as when a domain starts. */
void forget_events(struct domain *domain);
#endif
