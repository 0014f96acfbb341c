package org.vmi4j.os.linux.syscall;

/** Constants of calls about files: include/uapi/asm-generic/fcntl.h, include/uapi/linux/fcntl.h. */
final class FileConstants {
  private static final String ACCESS =
      """
      O_RDONLY 0 3
      O_WRONLY 1 3
      O_RDWR 2 3
      O_CREAT 0100
      O_EXCL 0200
      O_NOCTTY 0400
      O_TRUNC 01000
      O_APPEND 02000
      O_NONBLOCK 04000
      O_SYNC 04010000
      O_DSYNC 010000
      O_ASYNC 020000
      O_NOATIME 01000000
      O_CLOEXEC 02000000
      O_PATH 010000000
      """;

  static final Constants OPEN =
      Constants.bits(
          ACCESS
              + """
              O_TMPFILE 020200000
              O_DIRECT 040000
              O_LARGEFILE 0100000
              O_DIRECTORY 0200000
              O_NOFOLLOW 0400000
              """);

  /** arch/arm/include/uapi/asm/fcntl.h and its namesake of arm64. */
  static final Constants OPEN_ARM =
      Constants.bits(
          ACCESS
              + """
              O_TMPFILE 020040000
              O_DIRECTORY 040000
              O_NOFOLLOW 0100000
              O_DIRECT 0200000
              O_LARGEFILE 0400000
              """);

  static final Constants AT =
      Constants.bits(
          """
          AT_SYMLINK_NOFOLLOW 0x100
          AT_SYMLINK_FOLLOW 0x400
          AT_NO_AUTOMOUNT 0x800
          AT_EMPTY_PATH 0x1000
          AT_STATX_FORCE_SYNC 0x2000
          AT_STATX_DONT_SYNC 0x4000
          AT_RECURSIVE 0x8000
          """);

  static final Constants UNLINK =
      Constants.bits(
          """
          AT_REMOVEDIR 0x200
          """);

  static final Constants FACCESS =
      Constants.bits(
          """
          AT_SYMLINK_NOFOLLOW 0x100
          AT_EACCESS 0x200
          AT_EMPTY_PATH 0x1000
          """);

  static final Constants ACCESS_MODE =
      Constants.bits(
          """
          X_OK 1
          W_OK 2
          R_OK 4
          """);

  static final Constants WHENCE =
      Constants.values(
          """
          SEEK_SET 0
          SEEK_CUR 1
          SEEK_END 2
          SEEK_DATA 3
          SEEK_HOLE 4
          """);

  static final Constants FCNTL =
      Constants.values(
          """
          F_DUPFD 0
          F_GETFD 1
          F_SETFD 2
          F_GETFL 3
          F_SETFL 4
          F_GETLK 5
          F_SETLK 6
          F_SETLKW 7
          F_SETOWN 8
          F_GETOWN 9
          F_SETSIG 10
          F_GETSIG 11
          F_SETOWN_EX 15
          F_GETOWN_EX 16
          F_OFD_GETLK 36
          F_OFD_SETLK 37
          F_OFD_SETLKW 38
          F_SETLEASE 1024
          F_GETLEASE 1025
          F_NOTIFY 1026
          F_DUPFD_CLOEXEC 1030
          F_SETPIPE_SZ 1031
          F_GETPIPE_SZ 1032
          F_ADD_SEALS 1033
          F_GET_SEALS 1034
          """);

  static final Constants RENAME =
      Constants.bits(
          """
          RENAME_NOREPLACE 1
          RENAME_EXCHANGE 2
          RENAME_WHITEOUT 4
          """);

  static final Constants MOUNT =
      Constants.bits(
          """
          MS_RDONLY 1
          MS_NOSUID 2
          MS_NODEV 4
          MS_NOEXEC 8
          MS_SYNCHRONOUS 16
          MS_REMOUNT 32
          MS_MANDLOCK 64
          MS_DIRSYNC 128
          MS_NOATIME 1024
          MS_NODIRATIME 2048
          MS_BIND 4096
          MS_MOVE 8192
          MS_REC 16384
          MS_SILENT 32768
          MS_UNBINDABLE 0x20000
          MS_PRIVATE 0x40000
          MS_SLAVE 0x80000
          MS_SHARED 0x100000
          MS_RELATIME 0x200000
          MS_STRICTATIME 0x1000000
          """);

  static final Constants UMOUNT =
      Constants.bits(
          """
          MNT_FORCE 1
          MNT_DETACH 2
          MNT_EXPIRE 4
          UMOUNT_NOFOLLOW 8
          """);

  static final Constants MEMFD =
      Constants.bits(
          """
          MFD_CLOEXEC 1
          MFD_ALLOW_SEALING 2
          MFD_HUGETLB 4
          """);

  private FileConstants() {}
}
