/*
 * A stand-in for the libraries of Xen, for tests: all of them in one shared object, which has as
 * many names as there are libraries. It has the interface that Xen's public headers describe, of
 * the release that RELEASE says (411 is 4.11). The memory of a domain is a file, and is mapped from
 * there: it is shared as that of a real guest is. The fake_ functions are for the tests.
 */
#include "fakexen.h"

struct domain domains[DOMAINS];

static struct store {
	bool used, watching;
	int event;
} stores[STORES];

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char function[64];
	int error, times;
} failure;
static int flask = -1;
long handles;
static long mapped, most_mapped, map_calls, flushed, reported, unpaused_writes;

bool fails(const char *function) {
	bool failing = false;
	pthread_mutex_lock(&lock);
	if (failure.times > 0 && strcmp(failure.function, function) == 0) {
		failure.times--;
		failing = true;
	}
	pthread_mutex_unlock(&lock);
	if (failing)
		errno = failure.error;
	return failing;
}

struct domain *find(uint32_t id) {
	for (int i = 0; i < DOMAINS; i++)
		if (domains[i].used && domains[i].info.domain == id)
			return &domains[i];
	return NULL;
}

/* Each handle is a file descriptor too, so that one that is left open shows. */
static void *open_handle(void) {
	int *handle = malloc(sizeof *handle);
	*handle = open("/dev/null", O_RDONLY | O_CLOEXEC);
	__atomic_add_fetch(&handles, 1, __ATOMIC_RELAXED);
	return handle;
}

static int close_handle(int *handle) {
	close(*handle);
	free(handle);
	__atomic_sub_fetch(&handles, 1, __ATOMIC_RELAXED);
	return 0;
}

/* For the tests */

void fake_domain(uint32_t id, const char *name, const uint8_t *uuid, uint32_t flags, uint32_t emulation,
                 uint32_t vcpus, const char *file, uint64_t max_gpfn) {
	pthread_mutex_lock(&lock);
	struct domain *domain = domains;
	while (domain->used)
		domain++;
	memset(domain, 0, sizeof *domain);
	forget_events(domain);
	domain->used = true;
	snprintf(domain->name, sizeof domain->name, "%s", name);
	domain->file = open(file, O_RDWR | O_CLOEXEC);
	domain->max_gpfn = max_gpfn;
	domain->emulation = emulation;
	domain->width = 8;
	domain->info.domain = (uint16_t)id;
	domain->info.flags = flags;
	domain->info.nr_online_vcpus = vcpus;
	domain->info.max_vcpu_id = vcpus - 1;
	memcpy(domain->info.handle, uuid, 16);
	for (uint64_t i = 0; i < VCPUS; i++) {
		uint64_t saved_ip = 0x1000 + i, saved_cr3 = 0x7000, ip = 0x2000 + i, cr3 = 0x9000;
		uint64_t cr0 = 0x80050033, efer = 0xd01;
		memcpy(domain->saved[i] + 656, &cr0, 8);
		memcpy(domain->saved[i] + 992, &efer, 8);
		memcpy(domain->saved[i] + 640, &saved_ip, 8);
		memcpy(domain->saved[i] + 672, &saved_cr3, 8);
		memcpy(domain->contexts[i] + 648, &ip, 8);
		memcpy(domain->contexts[i] + 5008, &cr3, 8);
	}
#if RELEASE >= 411
	domain->info.emulation_flags = emulation;
#endif
	struct stat status;
	fstat(domain->file, &status);
	domain->info.tot_pages = domain->info.max_pages = (uint64_t)status.st_size / PAGE;
	pthread_mutex_unlock(&lock);
}

/* Takes frames away, or gives them back. */
void fake_hole(uint32_t id, uint64_t first, uint64_t last, int absent) {
	pthread_mutex_lock(&lock);
	struct hole *hole = find(id)->holes;
	while (absent ? hole->last != 0 : hole->first != first || hole->last != last)
		hole++;
	*hole = absent ? (struct hole){first, last} : (struct hole){0, 0};
	pthread_mutex_unlock(&lock);
}

void fake_shared_info(uint32_t id, uint64_t frame) {
	find(id)->info.shared_info_frame = frame;
}

/* Ends a domain, and tells those who watch xenstore. */
void fake_destroy(uint32_t id, int at_once) {
	pthread_mutex_lock(&lock);
	struct domain *domain = find(id);
	domain->info.flags |= DYING;
	if (at_once) {
		domain->used = false;
		close(domain->file);
	}
	for (int i = 0; i < STORES; i++) {
		uint64_t one = 1;
		if (stores[i].used && stores[i].watching && write(stores[i].event, &one, sizeof one) < 0)
			abort();
	}
	pthread_mutex_unlock(&lock);
}

void fake_fail(const char *function, int error, int times) {
	pthread_mutex_lock(&lock);
	snprintf(failure.function, sizeof failure.function, "%s", function);
	failure.error = error;
	failure.times = times;
	pthread_mutex_unlock(&lock);
}

/* Whether Flask enforces its policy (1) or not (0), or is not there (-1). */
void fake_flask(int mode) {
	flask = mode;
}

long fake_handles(void) {
	return handles;
}

/* How many mappings there are, and how many there were at most since this was asked. */
long fake_most_mapped(void) {
	pthread_mutex_lock(&lock);
	long most = most_mapped;
	most_mapped = mapped;
	pthread_mutex_unlock(&lock);
	return most;
}

long fake_map_calls(void) {
	return map_calls;
}

long fake_pauses(uint32_t id) {
	return find(id)->pauses;
}

static void set_down(struct domain *domain, unsigned vcpu, bool down) {
	domain->info.nr_online_vcpus += (uint32_t)domain->down[vcpu] - (uint32_t)down;
	domain->down[vcpu] = down;
}

void fake_down(uint32_t id, unsigned vcpu) {
	set_down(find(id), vcpu, true);
}

/* The bytes in a word of a paravirtual guest. */
void fake_width(uint32_t id, unsigned width) {
	find(id)->width = width;
}

/* Sets a number of 64 bits in the record that Xen saves a processor in, or in its guest context. */
void fake_saved(uint32_t id, unsigned vcpu, unsigned offset, uint64_t value) {
	memcpy(find(id)->saved[vcpu] + offset, &value, 8);
}

void fake_context(uint32_t id, unsigned vcpu, unsigned offset, uint64_t value) {
	memcpy(find(id)->contexts[vcpu] + offset, &value, 8);
}

long fake_online(uint32_t id) {
	return find(id)->info.nr_online_vcpus;
}

long fake_unpaused_writes(void) {
	return unpaused_writes;
}

long fake_flushed(void) {
	return flushed;
}

long fake_reported(void) {
	return reported;
}

/* xencall.h */

void *xencall_open(void *logger, unsigned flags) {
	(void)logger, (void)flags;
	return fails("xencall_open") ? NULL : open_handle();
}

int xencall_close(void *handle) {
	return close_handle(handle);
}

int xencall2(void *handle, unsigned hypercall, uint64_t first, uint64_t second) {
	(void)handle;
	if (fails("xencall2"))
		return -1;
	errno = ENOSYS;
	return hypercall == 17 && first == 0 && second == 0 ? RELEASE / 100 << 16 | RELEASE % 100 : -1;
}

/* xendevicemodel.h */

#if RELEASE >= 409
void *xendevicemodel_open(void *logger, unsigned flags) {
	(void)logger, (void)flags;
	return fails("xendevicemodel_open") ? NULL : open_handle();
}

int xendevicemodel_close(void *handle) {
	return close_handle(handle);
}

int xendevicemodel_modified_memory(void *handle, uint16_t id, uint64_t first, uint32_t frames) {
	(void)handle;
	struct domain *domain = fails("xendevicemodel_modified_memory") ? NULL : find(id);
	if (!domain || !(domain->info.flags & HVM_GUEST) || first + frames - 1 > domain->max_gpfn) {
		errno = EINVAL;
		return -1;
	}
	reported += frames;
	return 0;
}
#endif

/* xenforeignmemory.h */

void *xenforeignmemory_open(void *logger, unsigned flags) {
	(void)logger, (void)flags;
	return fails("xenforeignmemory_open") ? NULL : open_handle();
}

int xenforeignmemory_close(void *handle) {
	return close_handle(handle);
}

static bool present(struct domain *domain, uint64_t frame) {
	if (frame >= domain->info.tot_pages)
		return false;
	for (struct hole *hole = domain->holes; hole < domain->holes + HOLES; hole++)
		if (hole->last && frame >= hole->first && frame <= hole->last)
			return false;
	return true;
}

static void *map(uint32_t id, void *place, int protection, int flags, size_t pages,
                 const uint64_t *frames, int *errors) {
	pthread_mutex_lock(&lock);
	map_calls++;
	struct domain *domain = find(id);
	if (!domain || domain->info.flags & DYING) {
		pthread_mutex_unlock(&lock);
		errno = ESRCH;
		return NULL;
	}
	char *address =
	    mmap(place, pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
	for (size_t i = 0; i < pages;) {
		size_t run = 0;
		while (i + run < pages && present(domain, frames[i + run]) &&
		       frames[i + run] == frames[i] + run)
			errors[i + run++] = 0;
		if (run == 0) {
			errors[i++] = -EINVAL;
			continue;
		}
		if (mmap(address + i * PAGE, run * PAGE, protection, MAP_SHARED | MAP_FIXED, domain->file,
		         (off_t)frames[i] * PAGE) == MAP_FAILED)
			abort();
		i += run;
	}
	pthread_mutex_unlock(&lock);
	return address;
}

void *xenforeignmemory_map(void *handle, uint32_t id, int protection, size_t pages,
                           const uint64_t *frames, int *errors) {
	(void)handle;
	if (fails("xenforeignmemory_map"))
		return NULL;
	void *address = map(id, NULL, protection, 0, pages, frames, errors);
	pthread_mutex_lock(&lock);
	if (address && ++mapped > most_mapped)
		most_mapped = mapped;
	pthread_mutex_unlock(&lock);
	return address;
}

#if RELEASE >= 410
/* What fails leaves nothing mapped at the place. */
void *xenforeignmemory_map2(void *handle, uint32_t id, void *place, int protection, int flags,
                            size_t pages, const uint64_t *frames, int *errors) {
	(void)handle;
	void *address = fails("xenforeignmemory_map2") || fails("xenforeignmemory_map")
	                    ? NULL
	                    : map(id, place, protection, flags, pages, frames, errors);
	if (!address)
		munmap(place, pages * PAGE);
	return address;
}
#endif

int xenforeignmemory_unmap(void *handle, void *address, size_t pages) {
	(void)handle;
	pthread_mutex_lock(&lock);
	mapped--;
	pthread_mutex_unlock(&lock);
	return munmap(address, pages * PAGE);
}

/* xenctrl.h */

void *xc_interface_open(void *logger, void *build_logger, unsigned flags) {
	(void)logger, (void)build_logger, (void)flags;
	return fails("xc_interface_open") ? NULL : open_handle();
}

int xc_interface_close(void *handle) {
	return close_handle(handle);
}

int xc_version(void *handle, int command, void *argument) {
	(void)handle, (void)argument;
	return command == 0 ? RELEASE / 100 << 16 | RELEASE % 100 : -1;
}

int xc_flask_getenforce(void *handle) {
	(void)handle;
	if (flask < 0)
		errno = ENOSYS;
	return flask;
}

int xc_domain_getinfolist(void *handle, uint32_t first, unsigned most, struct domaininfo *infos) {
	(void)handle;
	if (fails("xc_domain_getinfolist"))
		return -1;
	unsigned count = 0;
	pthread_mutex_lock(&lock);
	for (uint32_t id = first; id < 0x7ff0 && count < most; id++) {
		struct domain *domain = find(id);
		if (domain)
			infos[count++] = domain->info;
	}
	pthread_mutex_unlock(&lock);
	return (int)count;
}

int xc_domain_maximum_gpfn(void *handle, uint32_t id, uint64_t *frame) {
	(void)handle;
	if (fails("xc_domain_maximum_gpfn"))
		return -1;
	*frame = find(id)->max_gpfn;
	return 0;
}

int xc_maximum_ram_page(void *handle, unsigned long *frame) {
	(void)handle;
	*frame = 0xfffff;
	return 0;
}

#ifndef WITHOUT_CACHEFLUSH
int xc_domain_cacheflush(void *handle, uint32_t id, uint64_t first, uint64_t frames) {
	(void)handle, (void)id, (void)first;
	flushed += (long)frames;
	return 0;
}
#endif

struct domain *called(const char *function, uint32_t id) {
	if (fails(function))
		return NULL;
	struct domain *domain = find(id);
	if (!domain)
		errno = ESRCH;
	return domain;
}

static int paused(const char *function, uint32_t id, int by) {
	struct domain *domain = called(function, id);
	if (!domain)
		return -1;
	__atomic_add_fetch(&domain->pauses, by, __ATOMIC_RELAXED);
	return 0;
}

int xc_domain_pause(void *handle, uint32_t id) {
	(void)handle;
	return paused("xc_domain_pause", id, 1);
}

int xc_domain_unpause(void *handle, uint32_t id) {
	(void)handle;
	return paused("xc_domain_unpause", id, -1);
}

int xc_domain_get_guest_width(void *handle, uint32_t id, unsigned *width) {
	(void)handle;
	struct domain *domain = called("xc_domain_get_guest_width", id);
	if (!domain)
		return -1;
	*width = domain->width;
	return 0;
}

int xc_vcpu_getcontext(void *handle, uint32_t id, uint32_t vcpu, uint8_t *context) {
	(void)handle;
	struct domain *domain = called("xc_vcpu_getcontext", id);
	if (!domain)
		return -1;
	if (domain->down[vcpu]) {
		errno = ENODATA;
		return -1;
	}
	memcpy(context, domain->contexts[vcpu], CONTEXT);
	return 0;
}

static void written(struct domain *domain) {
	if (domain->pauses == 0)
		unpaused_writes++;
}

int xc_vcpu_setcontext(void *handle, uint32_t id, uint32_t vcpu, const uint8_t *context) {
	(void)handle;
	struct domain *domain = called("xc_vcpu_setcontext", id);
	if (!domain)
		return -1;
	written(domain);
	memcpy(domain->contexts[vcpu], context, CONTEXT);
	return 0;
}

/* A save: public/hvm/save.h. Each record has its type, its instance and its length before it. */
static uint8_t *record(uint8_t *at, uint16_t type, uint16_t instance, uint32_t length, const void *bytes) {
	memcpy(at, &type, 2);
	memcpy(at + 2, &instance, 2);
	memcpy(at + 4, &length, 4);
	if (length)
		memcpy(at + 8, bytes, length);
	return at + 8 + length;
}

int xc_domain_hvm_getcontext(void *handle, uint32_t id, uint8_t *state, uint32_t room) {
	(void)handle;
	uint8_t header[24] = {0x48};
	const uint32_t size = 8 + sizeof header + VCPUS * (8 + HVM_CPU) + 8;
	struct domain *domain = called("xc_domain_hvm_getcontext", id);
	if (!domain)
		return -1;
	if (state) {
		if (room < size) {
			errno = ENOSPC;
			return -1;
		}
		uint8_t *at = record(state, 1, 0, sizeof header, header);
		for (uint16_t i = 0; i < VCPUS; i++)
			if (!domain->down[i])
				at = record(at, 2, i, HVM_CPU, domain->saved[i]);
		record(at, 0, 0, 0, NULL);
	}
	return (int)size;
}

int xc_domain_hvm_getcontext_partial(void *handle, uint32_t id, uint16_t type, uint16_t instance,
                                     void *buffer, uint32_t size) {
	(void)handle;
	struct domain *domain = called("xc_domain_hvm_getcontext_partial", id);
	if (!domain)
		return -1;
	if (type != 2 || instance >= VCPUS || size < HVM_CPU) {
		errno = EINVAL;
		return -1;
	}
	if (domain->down[instance]) {
		errno = ENOENT;
		return -1;
	}
	memcpy(buffer, domain->saved[instance], HVM_CPU);
	return 0;
}

/*
 * As Xen does, takes the header first, then processors only here, and the end. All processors are
 * stopped first, and those with a record started again, up to the first that has a bad CR0.
 */
int xc_domain_hvm_setcontext(void *handle, uint32_t id, const uint8_t *state, uint32_t size) {
	(void)handle;
	struct domain *domain = called("xc_domain_hvm_setcontext", id);
	if (!domain)
		return -1;
	uint32_t at = 0;
	bool headed = false;
	while (at + 8 <= size) {
		uint16_t type, instance;
		uint32_t length;
		memcpy(&type, state + at, 2);
		memcpy(&instance, state + at + 2, 2);
		memcpy(&length, state + at + 4, 4);
		if (type == 0 && headed)
			return 0;
		if (type == 1 && at == 0 && length == 24 && state[8] == 0x48) {
			headed = true;
			for (unsigned i = 0; i < VCPUS; i++)
				set_down(domain, i, true);
		} else if (type == 2 && headed && instance < VCPUS && length == HVM_CPU) {
			written(domain);
			if (!(state[at + 8 + 656] & 0x10))
				break;
			memcpy(domain->saved[instance], state + at + 8, HVM_CPU);
			set_down(domain, instance, false);
		} else {
			break;
		}
		at += 8 + length;
	}
	errno = EINVAL;
	return -1;
}

/* xenstore.h */

struct store *xs_open(unsigned long flags) {
	(void)flags;
	if (fails("xs_open"))
		return NULL;
	pthread_mutex_lock(&lock);
	struct store *store = stores;
	while (store->used)
		store++;
	*store = (struct store){true, false, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
	handles++;
	pthread_mutex_unlock(&lock);
	return store;
}

void xs_close(struct store *store) {
	pthread_mutex_lock(&lock);
	close(store->event);
	store->used = false;
	handles--;
	pthread_mutex_unlock(&lock);
}

void *xs_read(struct store *store, uint32_t transaction, const char *path, unsigned *length) {
	(void)store, (void)transaction;
	unsigned id;
	if (fails("xs_read") || sscanf(path, "/local/domain/%u/name", &id) != 1)
		return NULL;
	struct domain *domain = find(id);
	if (!domain) {
		errno = ENOENT;
		return NULL;
	}
	*length = (unsigned)strlen(domain->name);
	return strdup(domain->name);
}

bool xs_watch(struct store *store, const char *path, const char *token) {
	(void)token;
	if (fails("xs_watch"))
		return false;
	store->watching = strcmp(path, "@releaseDomain") == 0;
	uint64_t one = 1;
	return write(store->event, &one, sizeof one) == sizeof one;
}

char **xs_check_watch(struct store *store) {
	uint64_t count;
	if (read(store->event, &count, sizeof count) != sizeof count)
		return NULL;
	return calloc(2, sizeof(char *));
}

int xs_fileno(struct store *store) {
	return store->event;
}
