package org.vmi4j.os.linux.syscall;

/** Constants of calls about memory: include/uapi/asm-generic/mman-common.h and mman.h. */
final class MemoryConstants {
  static final Constants PROTECTION =
      Constants.bits(
          """
          PROT_NONE 0 -1
          PROT_READ 1
          PROT_WRITE 2
          PROT_EXEC 4
          PROT_GROWSDOWN 0x1000000
          PROT_GROWSUP 0x2000000
          """);

  static final Constants MAP =
      Constants.bits(
          """
          MAP_SHARED 1 15
          MAP_PRIVATE 2 15
          MAP_SHARED_VALIDATE 3 15
          MAP_FIXED 0x10
          MAP_ANONYMOUS 0x20
          MAP_GROWSDOWN 0x100
          MAP_DENYWRITE 0x800
          MAP_EXECUTABLE 0x1000
          MAP_LOCKED 0x2000
          MAP_NORESERVE 0x4000
          MAP_POPULATE 0x8000
          MAP_NONBLOCK 0x10000
          MAP_STACK 0x20000
          MAP_HUGETLB 0x40000
          MAP_FIXED_NOREPLACE 0x100000
          """);

  static final Constants REMAP =
      Constants.bits(
          """
          MREMAP_MAYMOVE 1
          MREMAP_FIXED 2
          """);

  static final Constants ADVICE =
      Constants.values(
          """
          MADV_NORMAL 0
          MADV_RANDOM 1
          MADV_SEQUENTIAL 2
          MADV_WILLNEED 3
          MADV_DONTNEED 4
          MADV_FREE 8
          MADV_REMOVE 9
          MADV_DONTFORK 10
          MADV_DOFORK 11
          MADV_MERGEABLE 12
          MADV_UNMERGEABLE 13
          MADV_HUGEPAGE 14
          MADV_NOHUGEPAGE 15
          MADV_DONTDUMP 16
          MADV_DODUMP 17
          """);

  private MemoryConstants() {}
}
