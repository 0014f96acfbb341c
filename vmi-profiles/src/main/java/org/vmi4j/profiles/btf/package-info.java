/**
 * BTF, the types that a Linux kernel carries in its own memory. The format is from the kernel's
 * Documentation/bpf/btf.rst and include/uapi/linux/btf.h.
 */
package org.vmi4j.profiles.btf;
