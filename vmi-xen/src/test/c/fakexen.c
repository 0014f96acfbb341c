/*
 * A stand-in for the libraries of Xen, for tests: all of them in one shared object, which has as
 * many names as there are libraries.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

void *xenforeignmemory_open(void *logger, unsigned flags) {
	(void)logger;
	(void)flags;
	return (void *)1;
}

int xenforeignmemory_close(void *handle) {
	(void)handle;
	return 0;
}

void *xenforeignmemory_map(void *handle, uint32_t domain, int protection, size_t pages,
                           const uint64_t *frames, int *errors) {
	(void)handle, (void)domain, (void)protection, (void)pages, (void)frames, (void)errors;
	errno = ESRCH;
	return NULL;
}

int xenforeignmemory_unmap(void *handle, void *address, size_t pages) {
	(void)handle, (void)address, (void)pages;
	return 0;
}
