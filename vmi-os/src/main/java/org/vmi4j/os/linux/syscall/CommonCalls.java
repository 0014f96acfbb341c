package org.vmi4j.os.linux.syscall;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The parameters of common calls, for kernels that do not describe theirs, and for calls of 32-bit
 * programs that have none of the same name in 64 bits. From section 2 of the manual, in the types
 * that the kernel uses. The order of the last two parameters of clone(2) depends on the
 * architecture.
 */
final class CommonCalls {
  private static final String DECLARATIONS =
      """
      accept(int fd, struct sockaddr * upeer_sockaddr, int * upeer_addrlen)
      accept4(int fd, struct sockaddr * upeer_sockaddr, int * upeer_addrlen, int flags)
      access(const char * filename, int mode)
      bind(int fd, struct sockaddr * umyaddr, int addrlen)
      bpf(int cmd, union bpf_attr * uattr, unsigned int size)
      brk(unsigned long brk)
      chdir(const char * filename)
      chmod(const char * filename, umode_t mode)
      chown(const char * filename, uid_t user, gid_t group)
      chroot(const char * filename)
      clone(unsigned long clone_flags, unsigned long newsp, int * parent_tidptr, void * arg4, void * arg5)
      clone3(struct clone_args * uargs, size_t size)
      close(unsigned int fd)
      connect(int fd, struct sockaddr * uservaddr, int addrlen)
      creat(const char * pathname, umode_t mode)
      delete_module(const char * name_user, unsigned int flags)
      dup(unsigned int fildes)
      dup2(unsigned int oldfd, unsigned int newfd)
      dup3(unsigned int oldfd, unsigned int newfd, int flags)
      execve(const char * filename, const char *const * argv, const char *const * envp)
      execveat(int fd, const char * filename, const char *const * argv, const char *const * envp, int flags)
      exit(int error_code)
      exit_group(int error_code)
      faccessat(int dfd, const char * filename, int mode)
      fchdir(unsigned int fd)
      fchmod(unsigned int fd, umode_t mode)
      fchmodat(int dfd, const char * filename, umode_t mode)
      fchown(unsigned int fd, uid_t user, gid_t group)
      fchownat(int dfd, const char * filename, uid_t user, gid_t group, int flag)
      fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
      fcntl64(unsigned int fd, unsigned int cmd, unsigned long arg)
      finit_module(int fd, const char * uargs, int flags)
      fstat(unsigned int fd, struct stat * statbuf)
      fstat64(unsigned long fd, struct stat64 * statbuf)
      fstatat64(int dfd, const char * filename, struct stat64 * statbuf, int flag)
      ftruncate(unsigned int fd, unsigned long length)
      getdents64(unsigned int fd, struct linux_dirent64 * dirent, unsigned int count)
      ia32_clone(unsigned long clone_flags, unsigned long newsp, int * parent_tidptr, unsigned long tls, int * child_tidptr)
      ia32_mmap(struct mmap_arg_struct32 * arg)
      init_module(void * umod, unsigned long len, const char * uargs)
      ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
      kill(pid_t pid, int sig)
      link(const char * oldname, const char * newname)
      linkat(int olddfd, const char * oldname, int newdfd, const char * newname, int flags)
      listen(int fd, int backlog)
      lseek(unsigned int fd, off_t offset, unsigned int whence)
      lstat(const char * filename, struct stat * statbuf)
      lstat64(const char * filename, struct stat64 * statbuf)
      memfd_create(const char * uname, unsigned int flags)
      mkdir(const char * pathname, umode_t mode)
      mkdirat(int dfd, const char * pathname, umode_t mode)
      mknod(const char * filename, umode_t mode, unsigned int dev)
      mknodat(int dfd, const char * filename, umode_t mode, unsigned int dev)
      mmap(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long off)
      mmap2(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags, unsigned long fd, unsigned long pgoff)
      mount(char * dev_name, char * dir_name, char * type, unsigned long flags, void * data)
      mprotect(unsigned long start, size_t len, unsigned long prot)
      munmap(unsigned long addr, size_t len)
      open(const char * filename, int flags, umode_t mode)
      openat(int dfd, const char * filename, int flags, umode_t mode)
      openat2(int dfd, const char * filename, struct open_how * how, size_t usize)
      pipe(int * fildes)
      pipe2(int * fildes, int flags)
      prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5)
      pread64(unsigned int fd, char * buf, size_t count, loff_t pos)
      ptrace(long request, long pid, unsigned long addr, unsigned long data)
      pwrite64(unsigned int fd, const char * buf, size_t count, loff_t pos)
      read(unsigned int fd, char * buf, size_t count)
      readlink(const char * path, char * buf, int bufsiz)
      readlinkat(int dfd, const char * pathname, char * buf, int bufsiz)
      readv(unsigned long fd, const struct iovec * vec, unsigned long vlen)
      recvfrom(int fd, void * ubuf, size_t size, unsigned int flags, struct sockaddr * addr, int * addr_len)
      rename(const char * oldname, const char * newname)
      renameat(int olddfd, const char * oldname, int newdfd, const char * newname)
      renameat2(int olddfd, const char * oldname, int newdfd, const char * newname, unsigned int flags)
      rmdir(const char * pathname)
      rt_sigaction(int sig, const struct sigaction * act, struct sigaction * oact, size_t sigsetsize)
      sendto(int fd, void * buff, size_t len, unsigned int flags, struct sockaddr * addr, int addr_len)
      setsockopt(int fd, int level, int optname, char * optval, int optlen)
      shutdown(int fd, int how)
      socket(int family, int type, int protocol)
      socketpair(int family, int type, int protocol, int * usockvec)
      stat(const char * filename, struct stat * statbuf)
      stat64(const char * filename, struct stat64 * statbuf)
      statx(int dfd, const char * filename, unsigned flags, unsigned int mask, struct statx * buffer)
      symlink(const char * oldname, const char * newname)
      symlinkat(const char * oldname, int newdfd, const char * newname)
      tgkill(pid_t tgid, pid_t pid, int sig)
      tkill(pid_t pid, int sig)
      truncate(const char * path, long length)
      umount2(char * name, int flags)
      unlink(const char * pathname)
      unlinkat(int dfd, const char * pathname, int flag)
      wait4(pid_t upid, int * stat_addr, int options, struct rusage * ru)
      write(unsigned int fd, const char * buf, size_t count)
      writev(unsigned long fd, const struct iovec * vec, unsigned long vlen)
      """;

  private static final Map<String, List<Parameter>> KNOWN =
      DECLARATIONS
          .lines()
          .collect(
              Collectors.toMap(
                  line -> line.substring(0, line.indexOf('(')),
                  line -> parse(line.substring(line.indexOf('(') + 1, line.indexOf(')')))));

  private CommonCalls() {}

  /** Returns the parameters of a call, by its name in the manual or that of its function. */
  static Optional<List<Parameter>> parameters(String name) {
    return Optional.ofNullable(KNOWN.get(name));
  }

  private static List<Parameter> parse(String parameters) {
    Function<String, Parameter> parse =
        each -> {
          int space = each.lastIndexOf(' ');
          return new Parameter(each.substring(space + 1), each.substring(0, space));
        };
    return Arrays.stream(parameters.split(", ")).map(parse).toList();
  }
}
