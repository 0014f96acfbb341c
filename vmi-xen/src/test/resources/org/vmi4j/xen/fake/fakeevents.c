/*
 * The half of the stand-in for Xen that reports events: the ring, its port, monitors, rights of
 * frames, views, and a producer that tests script. A request has the form of RELEASE.
 */
#include "fakexen.h"
#include <poll.h>
#include <sched.h>
#include <time.h>

#define MOST_VCPUS 64
#define VIEWS 10
#define MSRS 16
#define LOG 64
#define SHUT_DOWN 4
#define CRASHED (3 << 16)
#define WORDS 8

#if RELEASE >= 410
typedef uint32_t domid;
#else
typedef uint16_t domid;
#endif

/* public/vm_event.h */
#if RELEASE >= 415
#define VERSION 7
#elif RELEASE >= 411
#define VERSION (RELEASE - 408)
#else
#define VERSION 2
#endif
enum { PAUSED = 1, TOGGLE = 16, ALTP2M = 128, FAST = 2048 };

struct request {
	uint32_t version, flags, reason, vcpu_id;
	uint16_t altp2m_idx, pad[3];
	union {
		struct { uint64_t gfn, offset, gla; uint32_t flags, pad; } mem_access;
		struct { uint32_t index, pad; uint64_t new_value, old_value; } write_ctrlreg;
		struct { uint64_t msr, new_value, old_value; } mov_to_msr;
		struct { uint64_t gfn; } singlestep;
		struct { uint16_t p2midx; } fast_singlestep;
		struct {
			uint64_t gfn;
#if VERSION >= 6
			uint64_t pending_dbg;
#endif
			uint32_t insn_length;
			uint8_t type, pad[3];
		} debug;
		struct { uint32_t insn_length, leaf, subleaf, pad; } cpuid;
		struct { uint32_t vector, type, error_code, pad; uint64_t cr2; } interrupt;
		struct { uint64_t info[2]; uint8_t descriptor, is_write, pad[6]; } desc_access;
		struct { uint64_t reason, qualification; } vmexit;
		struct { uint32_t bytes; uint16_t port; uint8_t in, str; } io;
		uint64_t room[4];
	} u;
	struct {
		uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15, rflags;
#if VERSION >= 4
		uint64_t dr6;
#endif
		uint64_t dr7, rip, cr0, cr2, cr3, cr4, sysenter_cs, sysenter_esp, sysenter_eip, efer, star, lstar;
#if VERSION >= 5
		uint64_t gdtr_base;
#endif
#if VERSION >= 7
		uint64_t npt_base, vmtrace_pos;
#endif
#if VERSION >= 4
		uint32_t cs_base, ss_base, ds_base, es_base;
		uint64_t fs_base, gs_base;
		uint32_t cs, ss, ds, es, fs, gs;
		uint64_t shadow_gs;
#if VERSION >= 5
		uint16_t gdtr_limit;
#endif
		uint16_t cs_sel, ss_sel, ds_sel, es_sel, fs_sel, gs_sel;
		uint16_t pad[VERSION == 4 ? 2 : 1];
#else
		uint64_t fs_base, gs_base;
		uint32_t cs_arbytes, pad;
#endif
	} regs;
};
_Static_assert(sizeof(struct request) == (VERSION >= 7 ? 400 : VERSION >= 5 ? 384 : VERSION >= 4 ? 376 : 312), "size");

/* public/io/ring.h */
struct ring {
	_Atomic uint32_t req_prod, req_event, rsp_prod, rsp_event;
	uint8_t pad[48];
	struct request slots[8];
};

struct port {
	int fd;
	struct monitor *monitor;
};

struct vcpu {
	int pauses, view;
	bool stepping, stepping_once;
	long sent, answered;
	struct request answer;
};

static struct monitor {
	bool enabled;
	int memory;
	struct ring *ring;
	uint32_t req_prod, rsp_cons;
	struct port *port;
	bool delivered, pending;
	struct vcpu vcpus[MOST_VCPUS];
	uint32_t capabilities;
	int kinds[16];
	int cr[4], cr_sync[4], cr_changes[4];
	uint32_t msrs[MSRS], msr_changes[MSRS];
	uint64_t altp2m_mode;
	bool altp2m_possible, altp2m_active, mem_access;
	bool views[VIEWS];
	int view_default[VIEWS];
	uint8_t *access[VIEWS];
	uint64_t remapped[VIEWS][2];
	uint64_t max_kib;
	long answers, wrong, injected[WORDS], calls_after_end, altp2m_after_end, access_calls, populated, notified;
	long left, per_vcpu;
	bool strict, finished, refilling;
	unsigned next;
	pthread_t producer;
} monitors[DOMAINS];

static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct monitor *of(struct domain *domain) {
	return &monitors[domain - domains];
}

static uint32_t vcpus(struct domain *domain) {
	return domain->info.max_vcpu_id + 1;
}

void forget_events(struct domain *domain) {
	struct monitor *monitor = of(domain);
	memset(monitor, 0, sizeof *monitor);
	monitor->capabilities = 0x3f7f;
	monitor->altp2m_mode = 2;
	monitor->altp2m_possible = monitor->mem_access = true;
}

/* A domain for a call that concerns events: a test sees those on a domain that has ended. */
static struct monitor *monitor(const char *function, uint32_t id, bool on_views) {
	struct domain *domain = called(function, id);
	if (!domain)
		return NULL;
	if (domain->info.flags & (SHUT_DOWN | DYING)) {
		of(domain)->calls_after_end++;
		of(domain)->altp2m_after_end += on_views;
	}
	return of(domain);
}

static int fail(int error) {
	errno = error;
	return -1;
}

/* For the tests */

void fake_vcpus(uint32_t id, uint32_t count) {
	find(id)->info.max_vcpu_id = count - 1;
}

void fake_crash(uint32_t id) {
	find(id)->info.flags |= SHUT_DOWN | CRASHED;
}

void fake_capabilities(uint32_t id, uint32_t bits, int mem_access, int altp2m, uint64_t mode) {
	struct monitor *m = of(find(id));
	m->capabilities = bits;
	m->mem_access = mem_access;
	m->altp2m_possible = altp2m;
	m->altp2m_mode = mode;
}

static void deliver(struct monitor *m) {
	uint64_t one = 1;
	m->notified++;
	if (!m->port)
		return;
	if (m->delivered)
		m->pending = true;
	else if (write(m->port->fd, &one, sizeof one) == sizeof one)
		m->delivered = true;
}

static bool put(struct monitor *m, const struct request *request, bool strict) {
	if (m->req_prod - m->rsp_cons >= 8)
		return false;
	uint32_t old = m->req_prod++;
	m->ring->slots[old & 7] = *request;
	m->ring->req_prod = m->req_prod;
	if (!strict || (uint32_t)(m->req_prod - m->ring->req_event) < (uint32_t)(m->req_prod - old))
		deliver(m);
	return true;
}

/* Sends a request whose fields are words, in the order of the structure of the reason. */
int fake_event(uint32_t id, uint32_t vcpu, uint32_t reason, uint32_t flags, uint32_t view, const uint64_t *word,
               uint32_t version) {
	struct request r;
	memset(&r, 0, sizeof r);
	r.version = version ? version : VERSION;
	r.flags = flags;
	r.reason = reason;
	r.vcpu_id = vcpu;
	r.altp2m_idx = (uint16_t)view;
	switch (reason) {
	case 1:
		r.u.mem_access.gfn = word[0], r.u.mem_access.offset = word[1], r.u.mem_access.gla = word[2];
		r.u.mem_access.flags = (uint32_t)word[3];
		break;
	case 4:
		r.u.write_ctrlreg.index = (uint32_t)word[0];
		r.u.write_ctrlreg.new_value = word[1], r.u.write_ctrlreg.old_value = word[2];
		break;
	case 5:
		r.u.mov_to_msr.msr = word[0], r.u.mov_to_msr.new_value = word[1], r.u.mov_to_msr.old_value = word[2];
		break;
	case 6:
	case 9:
		r.u.debug.gfn = word[0];
		r.u.debug.insn_length = (uint32_t)word[1], r.u.debug.type = (uint8_t)word[2];
#if VERSION >= 6
		r.u.debug.pending_dbg = word[3];
#endif
		break;
	case 7:
		r.u.singlestep.gfn = word[0];
		break;
	case 10:
		r.u.cpuid.insn_length = (uint32_t)word[0], r.u.cpuid.leaf = (uint32_t)word[1];
		r.u.cpuid.subleaf = (uint32_t)word[2];
		break;
	case 12:
		r.u.interrupt.vector = (uint32_t)word[0], r.u.interrupt.type = (uint32_t)word[1];
		r.u.interrupt.error_code = (uint32_t)word[2], r.u.interrupt.cr2 = word[3];
		break;
	case 13:
		r.u.desc_access.descriptor = (uint8_t)word[0], r.u.desc_access.is_write = (uint8_t)word[1];
		break;
	case 15:
		r.u.vmexit.reason = word[0], r.u.vmexit.qualification = word[1];
		break;
	case 16:
		r.u.io.port = (uint16_t)word[0], r.u.io.bytes = (uint32_t)word[1];
		r.u.io.in = (uint8_t)word[2], r.u.io.str = (uint8_t)word[3];
		break;
	}
	r.regs.rax = 0xa0 + vcpu, r.regs.r15 = 0xf15, r.regs.rip = 0xffffffff81000123;
	r.regs.cr3 = 0x1000 * (vcpu + 1), r.regs.gs_base = 0x6500, r.regs.lstar = 0x15a;
	pthread_mutex_lock(&lock);
	struct domain *domain = find(id);
	struct monitor *m = of(domain);
	bool done = m->ring && put(m, &r, false);
	if (done && vcpu < MOST_VCPUS) {
		m->vcpus[vcpu].pauses += flags & PAUSED;
		m->vcpus[vcpu].sent++;
	}
	pthread_mutex_unlock(&lock);
	return done;
}

void fake_claim(uint32_t id, uint32_t produced) {
	struct monitor *m = of(find(id));
	m->ring->req_prod = m->req_prod + produced;
	pthread_mutex_lock(&lock);
	deliver(m);
	pthread_mutex_unlock(&lock);
}

/* A wake-up without a request. */
void fake_spurious(uint32_t id) {
	pthread_mutex_lock(&lock);
	deliver(of(find(id)));
	pthread_mutex_unlock(&lock);
}

/* What became of a processor or of the whole, by number. */
long fake_vcpu(uint32_t id, uint32_t vcpu, int what) {
	pthread_mutex_lock(&lock);
	struct vcpu *v = &of(find(id))->vcpus[vcpu];
	long values[] = {v->pauses,        v->view,        v->stepping,      v->stepping_once,    v->sent,
	                 v->answered,      v->answer.flags, v->answer.reason, (long)v->answer.version, v->answer.altp2m_idx,
	                 (long)v->answer.regs.rax, (long)v->answer.regs.rip, (long)v->answer.regs.r15,
	                 v->answer.u.fast_singlestep.p2midx, (long)v->answer.u.room[1]};
	pthread_mutex_unlock(&lock);
	return values[what];
}

long fake_monitor(uint32_t id, int what) {
	pthread_mutex_lock(&lock);
	struct monitor *m = of(find(id));
	long values[] = {m->enabled,  m->answers,  m->wrong,         m->calls_after_end, m->altp2m_after_end,
	                 m->altp2m_active, m->access_calls, (long)m->max_kib, m->populated, m->finished, m->notified};
	pthread_mutex_unlock(&lock);
	return values[what];
}

long fake_kind(uint32_t id, int kind) {
	return of(find(id))->kinds[kind];
}

/* Bit 0: on, bit 1: waits, bit 2: changes only. */
long fake_cr(uint32_t id, int index) {
	struct monitor *m = of(find(id));
	return m->cr[index] | m->cr_sync[index] << 1 | m->cr_changes[index] << 2;
}

long fake_msr(uint32_t id, uint32_t msr) {
	struct monitor *m = of(find(id));
	for (int i = 0; i < MSRS; i++)
		if (m->msrs[i] == msr)
			return 1 | m->msr_changes[i] << 1;
	return 0;
}

long fake_injected(uint32_t id, int word) {
	return of(find(id))->injected[word];
}

long fake_access(uint32_t id, int view, uint64_t frame) {
	struct monitor *m = of(find(id));
	return m->access[view] ? m->access[view][frame] : 7;
}

long fake_view(uint32_t id, int view) {
	struct monitor *m = of(find(id));
	return m->views[view] ? m->view_default[view] : -1;
}

long fake_remapped(uint32_t id, int view, int word) {
	return (long)of(find(id))->remapped[view][word];
}

/* Processors that make an event each, as quickly as they are answered, until each had its share. */
static void *produce(void *argument) {
	struct domain *domain = argument;
	struct monitor *m = of(domain);
	struct request r;
	memset(&r, 0, sizeof r);
	r.version = VERSION;
	r.flags = PAUSED;
	r.reason = 4;
	r.u.write_ctrlreg.index = 1;
	unsigned next = 0;
	pthread_mutex_lock(&lock);
	while (m->left > 0 && !(domain->info.flags & (SHUT_DOWN | DYING)) && m->ring) {
		bool moved = false;
		if (domain->pauses > 0) {
			pthread_mutex_unlock(&lock);
			sched_yield();
			pthread_mutex_lock(&lock);
			continue;
		}
		for (unsigned i = 0; i < vcpus(domain); i++) {
			struct vcpu *v = &m->vcpus[(next + i) % vcpus(domain)];
			if (v->pauses || v->sent >= m->per_vcpu)
				continue;
			r.vcpu_id = (next + i) % vcpus(domain);
			r.u.write_ctrlreg.old_value = (uint64_t)v->sent;
			r.u.write_ctrlreg.new_value = (uint64_t)v->sent + 1;
			if (!put(m, &r, m->strict))
				break;
			v->sent++;
			v->pauses = 1;
			moved = true;
		}
		next++;
		if (!moved)
			pthread_cond_wait(&changed, &lock);
		else if (next % 16 == 0) {
			pthread_mutex_unlock(&lock);
			sched_yield();
			pthread_mutex_lock(&lock);
		}
	}
	m->finished = true;
	pthread_mutex_unlock(&lock);
	return NULL;
}

void fake_produce(uint32_t id, long per_vcpu, int strict) {
	struct domain *domain = find(id);
	struct monitor *m = of(domain);
	m->strict = strict;
	m->refilling = false;
	m->finished = false;
	m->per_vcpu = per_vcpu;
	for (unsigned i = 0; i < vcpus(domain); i++)
		m->vcpus[i].sent = m->vcpus[i].answered = 0;
	m->left = per_vcpu * vcpus(domain);
	pthread_create(&m->producer, NULL, produce, domain);
	pthread_detach(m->producer);
}

/* Lets every processor that does not wait make its next event, as far as there is room. */
static void refill(struct domain *domain, struct monitor *m) {
	for (unsigned i = 0; i < vcpus(domain); i++) {
		struct vcpu *v = &m->vcpus[m->next++ % vcpus(domain)];
		if (v->pauses || v->sent >= m->per_vcpu)
			continue;
		struct request r;
		memset(&r, 0, sizeof r);
		r.version = VERSION;
		r.flags = PAUSED;
		r.reason = 4;
		r.vcpu_id = (uint32_t)(v - m->vcpus);
		r.u.write_ctrlreg.index = 1;
		r.u.write_ctrlreg.new_value = (uint64_t)v->sent + 1;
		if (!put(m, &r, true))
			break;
		v->sent++;
		v->pauses = 1;
	}
}

/* As fake_produce, but without a thread: the next events are made while answers are read. */
void fake_refill(uint32_t id, long per_vcpu) {
	struct domain *domain = find(id);
	struct monitor *m = of(domain);
	pthread_mutex_lock(&lock);
	m->per_vcpu = per_vcpu;
	m->refilling = true;
	for (unsigned i = 0; i < vcpus(domain); i++)
		m->vcpus[i].sent = m->vcpus[i].answered = 0;
	m->left = per_vcpu * vcpus(domain);
	refill(domain, m);
	pthread_mutex_unlock(&lock);
}

/* As vm_event_resume of Xen does: reads all responses, and lets those go on that wait. */
static void resume(struct domain *domain, struct monitor *m) {
	while (m->ring && m->rsp_cons != m->ring->rsp_prod) {
		struct request r = m->ring->slots[m->rsp_cons++ & 7];
		m->ring->rsp_event = m->rsp_cons + 1;
		m->answers++;
		if (r.version != VERSION || r.vcpu_id >= vcpus(domain)) {
			m->wrong++;
			continue;
		}
		struct vcpu *v = &m->vcpus[r.vcpu_id];
		v->answer = r;
		v->answered++;
		if (m->left > 0) {
			m->left--;
			if (r.u.write_ctrlreg.new_value != (uint64_t)v->answered)
				m->wrong++;
		}
		if (!v->pauses)
			continue;
		if (r.flags & TOGGLE)
			v->stepping = !v->stepping;
		else if (r.flags & FAST)
			v->stepping = v->stepping_once = true;
		if (r.flags & ALTP2M)
			v->view = r.altp2m_idx;
		if (r.flags & PAUSED)
			v->pauses--;
	}
	pthread_cond_broadcast(&changed);
	if (m->refilling)
		refill(domain, m);
}

/* A client that was killed while an event had no answer: the ring is there, and nobody reads it. */
void fake_killed_client(uint32_t id, uint32_t vcpu) {
	struct monitor *m = of(find(id));
	m->enabled = true;
	m->kinds[6] = 1;
	m->memory = memfd_create("ring", MFD_CLOEXEC);
	if (ftruncate(m->memory, PAGE))
		abort();
	m->ring = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory, 0);
	m->vcpus[vcpu].pauses = 1;
}

/* xenevtchn.h */

void *xenevtchn_open(void *logger, unsigned flags) {
	(void)logger, (void)flags;
	if (fails("xenevtchn_open"))
		return NULL;
	struct port *port = malloc(sizeof *port);
	*port = (struct port){eventfd(0, EFD_CLOEXEC), NULL};
	__atomic_add_fetch(&handles, 1, __ATOMIC_RELAXED);
	return port;
}

int xenevtchn_close(struct port *port) {
	pthread_mutex_lock(&lock);
	if (port->monitor)
		port->monitor->port = NULL;
	close(port->fd);
	free(port);
	handles--;
	pthread_mutex_unlock(&lock);
	return 0;
}

int xenevtchn_fd(struct port *port) {
	return port->fd;
}

int xenevtchn_bind_interdomain(struct port *port, uint32_t id, uint32_t remote) {
	struct domain *domain = fails("xenevtchn_bind_interdomain") ? NULL : find(id);
	if (!domain || remote != 7)
		return fail(EINVAL);
	port->monitor = of(domain);
	of(domain)->port = port;
	of(domain)->delivered = of(domain)->pending = false;
	return 3;
}

int xenevtchn_unbind(struct port *port, uint32_t local) {
	if (local != 3 || !port->monitor)
		return fail(EINVAL);
	port->monitor->port = NULL;
	port->monitor = NULL;
	return 0;
}

int xenevtchn_notify(struct port *port, uint32_t local) {
	if (local != 3 || !port->monitor)
		return fail(EINVAL);
	pthread_mutex_lock(&lock);
	resume(&domains[port->monitor - monitors], port->monitor);
	pthread_mutex_unlock(&lock);
	return 0;
}

int xenevtchn_pending(struct port *port) {
	uint64_t count;
	return read(port->fd, &count, sizeof count) == sizeof count ? 3 : -1;
}

int xenevtchn_unmask(struct port *port, uint32_t local) {
	if (local != 3 || !port->monitor)
		return fail(EINVAL);
	pthread_mutex_lock(&lock);
	struct monitor *m = port->monitor;
	m->delivered = false;
	if (m->pending) {
		m->pending = false;
		deliver(m);
	}
	pthread_mutex_unlock(&lock);
	return 0;
}

/* xenctrl.h: the monitor */

void *xc_monitor_enable(void *handle, domid id, uint32_t *port) {
	(void)handle;
	struct monitor *m = monitor("xc_monitor_enable", id, false);
	if (!m)
		return NULL;
	if (m->enabled) {
		errno = EBUSY;
		return NULL;
	}
	m->memory = memfd_create("ring", MFD_CLOEXEC);
	if (ftruncate(m->memory, PAGE))
		abort();
	void *mine = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory, 0);
	/* Whatever was there before: the client has to make the ring empty. */
	memset(mine, 0xa5, PAGE);
	m->req_prod = m->rsp_cons = 0;
	m->enabled = true;
	m->ring = mine;
	*port = 7;
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, m->memory, 0);
}

int xc_monitor_disable(void *handle, domid id) {
	(void)handle;
	struct monitor *m = monitor("xc_monitor_disable", id, false);
	if (!m)
		return -1;
	pthread_mutex_lock(&lock);
	if (m->ring) {
		munmap(m->ring, PAGE);
		close(m->memory);
	}
	m->ring = NULL;
	m->enabled = false;
	memset(m->kinds, 0, sizeof m->kinds);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return 0;
}

int xc_monitor_resume(void *handle, domid id) {
	(void)handle;
	struct monitor *m = monitor("xc_monitor_resume", id, false);
	return !m ? -1 : m->enabled ? 0 : fail(ENODEV);
}

int xc_monitor_get_capabilities(void *handle, domid id, uint32_t *bits) {
	(void)handle;
	struct monitor *m = monitor("xc_monitor_get_capabilities", id, false);
	if (!m)
		return -1;
	*bits = m->capabilities;
	return 0;
}

static int toggle(const char *function, uint32_t id, int bit, bool enable, bool sync) {
	struct monitor *m = monitor(function, id, false);
	if (!m)
		return -1;
	if (!(m->capabilities & 1u << bit))
		return fail(EOPNOTSUPP);
	if (!m->kinds[bit] == !enable)
		return fail(EEXIST);
	m->kinds[bit] = enable ? 1 + 2 * sync : 0;
	return 0;
}

#if RELEASE >= 410
int xc_monitor_write_ctrlreg(void *handle, domid id, uint16_t index, bool enable, bool sync, uint64_t bitmask,
                             bool onchangeonly) {
#else
int xc_monitor_write_ctrlreg(void *handle, domid id, uint16_t index, bool enable, bool sync, bool onchangeonly) {
	const uint64_t bitmask = 0;
#endif
	(void)handle;
	struct monitor *m = monitor("xc_monitor_write_ctrlreg", id, false);
	if (!m)
		return -1;
	if (index > 3 || bitmask)
		return fail(EINVAL);
	if (m->cr[index] == enable)
		return fail(EEXIST);
	m->cr[index] = enable;
	m->cr_sync[index] = enable && sync;
	m->cr_changes[index] = enable && onchangeonly;
	return 0;
}

#if RELEASE >= 411
int xc_monitor_mov_to_msr(void *handle, domid id, uint32_t msr, bool enable, bool onchangeonly) {
#else
int xc_monitor_mov_to_msr(void *handle, domid id, uint32_t msr, bool enable) {
	const bool onchangeonly = false;
#endif
	(void)handle;
	struct monitor *m = monitor("xc_monitor_mov_to_msr", id, false);
	if (!m)
		return -1;
	for (int i = 0; i < MSRS; i++)
		if (m->msrs[i] == (enable ? 0 : msr)) {
			m->msrs[i] = enable ? msr : 0;
			m->msr_changes[i] = onchangeonly;
			return 0;
		}
	return fail(EEXIST);
}

#if RELEASE >= 410
int xc_monitor_guest_request(void *handle, domid id, bool enable, bool sync, bool allow_userspace) {
	(void)handle;
	return enable && !allow_userspace ? fail(EINVAL) : toggle("xc_monitor_guest_request", id, 4, enable, sync);
}
#else
int xc_monitor_guest_request(void *handle, domid id, bool enable, bool sync) {
	(void)handle;
	return toggle("xc_monitor_guest_request", id, 4, enable, sync);
}
#endif

#define TOGGLE_OF(name, bit)                           \
	int name(void *handle, domid id, bool enable) { \
		(void)handle;                           \
		return toggle(#name, id, bit, enable, true); \
	}
#define TOGGLE_SYNC(name, bit)                                    \
	int name(void *handle, domid id, bool enable, bool sync) { \
		(void)handle;                                      \
		return toggle(#name, id, bit, enable, sync);       \
	}
TOGGLE_OF(xc_monitor_singlestep, 2)
TOGGLE_OF(xc_monitor_software_breakpoint, 3)
TOGGLE_SYNC(xc_monitor_debug_exceptions, 5)
TOGGLE_OF(xc_monitor_cpuid, 6)
TOGGLE_OF(xc_monitor_privileged_call, 7)
#if RELEASE >= 409
TOGGLE_OF(xc_monitor_descriptor_access, 9)
#endif
#if RELEASE >= 410
TOGGLE_OF(xc_monitor_emul_unimplemented, 10)
#endif
#if RELEASE >= 417
TOGGLE_SYNC(xc_monitor_vmexit, 12)
#endif
#if RELEASE >= 418
TOGGLE_OF(xc_monitor_io, 13)
#endif
#if RELEASE >= 413
#ifndef EVENT_VERSION
#define EVENT_VERSION VERSION
#endif
int xc_vm_event_get_version(void *handle) {
	(void)handle;
	return EVENT_VERSION;
}
#endif

int xc_domain_debug_control(void *handle, uint32_t id, uint32_t what, uint32_t vcpu) {
	(void)handle;
	struct monitor *m = monitor("xc_domain_debug_control", id, false);
	if (!m)
		return -1;
	m->vcpus[vcpu].stepping = what == 1;
	m->vcpus[vcpu].stepping_once &= what == 1;
	return 0;
}

static int inject(const char *function, uint32_t id, int vcpu, uint32_t vector, uint32_t type, uint32_t error_code,
                  uint32_t length, uint64_t extra) {
	struct monitor *m = monitor(function, id, false);
	if (!m)
		return -1;
	long words[] = {vcpu, vector, type, (int32_t)error_code, length, (long)extra, m->injected[6] + 1};
	memcpy(m->injected, words, sizeof words);
	return 0;
}

#if RELEASE >= 409
int xendevicemodel_inject_event(void *handle, uint16_t id, int vcpu, uint8_t vector, uint8_t type,
                                uint32_t error_code, uint8_t insn_len, uint64_t extra) {
	(void)handle;
	return inject("xendevicemodel_inject_event", id, vcpu, vector, type, error_code, insn_len, extra);
}
#else
int xc_hvm_inject_trap(void *handle, domid id, int vcpu, uint32_t vector, uint32_t type, uint32_t error_code,
                       uint32_t insn_len, uint64_t cr2) {
	(void)handle;
	return inject("xc_hvm_inject_trap", id, vcpu, vector, type, error_code, insn_len, cr2);
}
#endif

/* xenctrl.h: rights of frames */

static void set_access(struct domain *domain, int view, uint64_t frame, int access) {
	struct monitor *m = of(domain);
	if (!m->access[view]) {
		m->access[view] = malloc(domain->max_gpfn + 4096);
		memset(m->access[view], view ? m->view_default[view] : 7, domain->max_gpfn + 4096);
	}
	m->access[view][frame] = (uint8_t)access;
}

static bool absent(struct domain *domain, uint64_t frame) {
	for (struct hole *hole = domain->holes; hole < domain->holes + HOLES; hole++)
		if (hole->last && frame >= hole->first && frame <= hole->last)
			return true;
	return false;
}

int xc_set_mem_access(void *handle, domid id, int access, uint64_t first, uint32_t count) {
	(void)handle;
	struct monitor *m = monitor("xc_set_mem_access", id, false);
	if (!m)
		return -1;
	m->access_calls++;
	struct domain *domain = find(id);
	if (!m->mem_access || first + count - 1 > domain->max_gpfn || access > 7)
		return fail(EINVAL);
	if (!m->enabled)
		return fail(ENODEV);
	for (uint64_t frame = first; frame < first + count; frame++) {
		if (absent(domain, frame))
			return fail(ESRCH);
		set_access(domain, 0, frame, access);
	}
	return 0;
}

int xc_get_mem_access(void *handle, domid id, uint64_t frame, int *access) {
	(void)handle;
	struct monitor *m = monitor("xc_get_mem_access", id, false);
	if (!m)
		return -1;
	if (!m->mem_access)
		return fail(EINVAL);
	if (!m->enabled)
		return fail(ENODEV);
	*access = (int)fake_access(id, 0, frame);
	return 0;
}

/* xenctrl.h: views */

static struct monitor *views(const char *function, uint32_t id, bool active) {
	struct monitor *m = monitor(function, id, true);
	if (!m)
		return NULL;
	if (!m->altp2m_possible || (active && !m->altp2m_active)) {
		errno = EOPNOTSUPP;
		return NULL;
	}
	if (m->altp2m_mode == 0) {
		errno = EINVAL;
		return NULL;
	}
	return m;
}

int xc_altp2m_get_domain_state(void *handle, domid id, bool *state) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_get_domain_state", id, false);
	if (!m)
		return -1;
	*state = m->altp2m_active;
	return 0;
}

int xc_altp2m_set_domain_state(void *handle, domid id, bool state) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_set_domain_state", id, false);
	if (!m)
		return -1;
	m->altp2m_active = m->views[0] = state;
	return 0;
}

int xc_altp2m_create_view(void *handle, domid id, int access, uint16_t *view) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_create_view", id, true);
	if (!m)
		return -1;
	for (int i = 1; i < VIEWS; i++)
		if (!m->views[i]) {
			m->views[i] = true;
			m->view_default[i] = RELEASE >= 414 ? access : 7;
			free(m->access[i]);
			m->access[i] = NULL;
			*view = (uint16_t)i;
			return 0;
		}
	return fail(ENOSPC);
}

int xc_altp2m_destroy_view(void *handle, domid id, uint16_t view) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_destroy_view", id, true);
	if (!m)
		return -1;
	if (view == 0 || view >= VIEWS || !m->views[view])
		return fail(EINVAL);
	for (int i = 0; i < MOST_VCPUS; i++)
		if (m->vcpus[i].view == view)
			return fail(EBUSY);
	m->views[view] = false;
	return 0;
}

int xc_altp2m_switch_to_view(void *handle, domid id, uint16_t view) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_switch_to_view", id, true);
	if (!m)
		return -1;
	if (view >= VIEWS || !m->views[view])
		return fail(EINVAL);
	for (int i = 0; i < MOST_VCPUS; i++)
		m->vcpus[i].view = view;
	return 0;
}

int xc_altp2m_set_mem_access(void *handle, domid id, uint16_t view, uint64_t frame, int access) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_set_mem_access", id, true);
	if (!m)
		return -1;
	if (view >= VIEWS || !m->views[view])
		return fail(EINVAL);
	if (absent(find(id), frame))
		return fail(ESRCH);
	m->access_calls++;
	set_access(find(id), view, frame, access);
	return 0;
}

#if RELEASE >= 411
int xc_altp2m_set_mem_access_multi(void *handle, domid id, uint16_t view, const uint8_t *access,
                                   const uint64_t *frames, uint32_t count) {
	for (uint32_t i = 0; i < count; i++)
		if (xc_altp2m_set_mem_access(handle, id, view, frames[i], access[i]))
			return -1;
	of(find(id))->access_calls -= count - 1;
	return 0;
}
#endif

#if RELEASE >= 412
int xc_altp2m_get_mem_access(void *handle, domid id, uint16_t view, uint64_t frame, int *access) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_get_mem_access", id, true);
	if (!m)
		return -1;
	if (!m->access[view])
		return fail(ESRCH);
	*access = (int)fake_access(id, view, frame);
	return 0;
}
#endif

int xc_altp2m_change_gfn(void *handle, domid id, uint16_t view, uint64_t frame, uint64_t replacement) {
	(void)handle;
	struct monitor *m = views("xc_altp2m_change_gfn", id, true);
	if (!m)
		return -1;
	m->remapped[view][0] = frame;
	m->remapped[view][1] = replacement;
	return 0;
}

/* xenctrl.h: frames */

int xc_domain_setmaxmem(void *handle, uint32_t id, uint64_t kib) {
	(void)handle;
	struct monitor *m = monitor("xc_domain_setmaxmem", id, false);
	if (!m)
		return -1;
	m->max_kib = kib;
	find(id)->info.max_pages = kib / 4;
	return 0;
}

int xc_domain_populate_physmap_exact(void *handle, uint32_t id, unsigned long extents, unsigned order, unsigned flags,
                                     uint64_t *frames) {
	(void)handle, (void)flags;
	struct monitor *m = monitor("xc_domain_populate_physmap_exact", id, false);
	if (!m)
		return -1;
	struct domain *domain = find(id);
	if (extents != 1 || order || domain->info.tot_pages + 1 > domain->info.max_pages)
		return fail(ENOMEM);
	domain->info.tot_pages++;
	if (frames[0] > domain->max_gpfn)
		domain->max_gpfn = frames[0];
	m->populated++;
	return ftruncate(domain->file, (off_t)(frames[0] + 1) * PAGE);
}

int xc_domain_decrease_reservation_exact(void *handle, uint32_t id, unsigned long extents, unsigned order,
                                         uint64_t *frames) {
	(void)handle, (void)frames;
	struct monitor *m = monitor("xc_domain_decrease_reservation_exact", id, false);
	if (!m || extents != 1 || order)
		return -1;
	find(id)->info.tot_pages--;
	m->populated--;
	return 0;
}

/*
 * What a client in C does with so many events of a storm, the measure of others: waits by poll(2),
 * copies each slot out, reads the clock and the fields that a handler looks at, and answers.
 * Returns how many nanoseconds it took, or -1 if an event was out of order.
 */
long fake_consume(uint32_t id, long count) {
	uint32_t remote;
	struct ring *ring = xc_monitor_enable(NULL, (domid)id, &remote);
	struct port *port = xenevtchn_open(NULL, 0);
	if (!ring || xenevtchn_bind_interdomain(port, id, remote) < 0)
		return -1;
	memset(ring, 0, sizeof *ring);
	ring->req_event = ring->rsp_event = 1;
	uint32_t taken = 0, many = vcpus(find(id)) >= 7;
	long left = count, seen[MOST_VCPUS] = {0};
	struct timespec begin, now;
	fake_refill(id, count / vcpus(find(id)));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (left > 0) {
		struct pollfd wait = {port->fd, POLLIN, 0};
		if (ring->req_prod == taken && poll(&wait, 1, 1000) > 0)
			xenevtchn_pending(port);
		do {
			while (ring->req_prod != taken) {
				struct request r;
				memcpy(&r, &ring->slots[taken & 7], sizeof r);
				clock_gettime(CLOCK_REALTIME, &now);
				if (r.version != VERSION || r.reason != 4 || r.regs.rax ||
				    r.u.write_ctrlreg.new_value != (uint64_t)++seen[r.vcpu_id])
					return -1;
				r.flags &= PAUSED;
				memcpy(&ring->slots[taken & 7], &r, sizeof r);
				taken++;
				left--;
				if (many) {
					ring->rsp_prod = taken;
					xenevtchn_notify(port, 3);
				}
			}
			if (!many) {
				ring->rsp_prod = taken;
				xenevtchn_notify(port, 3);
			}
			ring->req_event = taken + 1;
		} while (ring->req_prod != taken);
		xenevtchn_unmask(port, 3);
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	xenevtchn_unbind(port, 3);
	xenevtchn_close(port);
	xc_monitor_disable(NULL, (domid)id);
	munmap(ring, PAGE);
	return (now.tv_sec - begin.tv_sec) * 1000000000 + now.tv_nsec - begin.tv_nsec;
}
