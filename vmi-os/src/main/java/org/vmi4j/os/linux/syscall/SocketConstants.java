package org.vmi4j.os.linux.syscall;

/** Constants of calls about sockets: include/linux/socket.h, include/linux/net.h, epoll.h. */
final class SocketConstants {
  static final Constants FAMILY =
      Constants.values(
          """
          AF_UNSPEC 0
          AF_UNIX 1
          AF_INET 2
          AF_AX25 3
          AF_IPX 4
          AF_APPLETALK 5
          AF_X25 9
          AF_INET6 10
          AF_KEY 15
          AF_NETLINK 16
          AF_PACKET 17
          AF_RDS 21
          AF_CAN 29
          AF_TIPC 30
          AF_BLUETOOTH 31
          AF_ALG 38
          AF_VSOCK 40
          AF_XDP 44
          """);

  /** SOCK_TYPE_MASK, and the flags of socket(2) above it. */
  static final Constants TYPE =
      Constants.bits(
          """
          SOCK_STREAM 1 15
          SOCK_DGRAM 2 15
          SOCK_RAW 3 15
          SOCK_RDM 4 15
          SOCK_SEQPACKET 5 15
          SOCK_PACKET 10 15
          SOCK_NONBLOCK 04000
          SOCK_CLOEXEC 02000000
          """);

  /** Of accept4(2). */
  static final Constants ACCEPT =
      Constants.bits(
          """
          SOCK_NONBLOCK 04000
          SOCK_CLOEXEC 02000000
          """);

  static final Constants MESSAGE =
      Constants.bits(
          """
          MSG_OOB 1
          MSG_PEEK 2
          MSG_DONTROUTE 4
          MSG_CTRUNC 8
          MSG_TRUNC 0x20
          MSG_DONTWAIT 0x40
          MSG_EOR 0x80
          MSG_WAITALL 0x100
          MSG_CONFIRM 0x800
          MSG_ERRQUEUE 0x2000
          MSG_NOSIGNAL 0x4000
          MSG_MORE 0x8000
          MSG_WAITFORONE 0x10000
          MSG_ZEROCOPY 0x4000000
          MSG_FASTOPEN 0x20000000
          MSG_CMSG_CLOEXEC 0x40000000
          """);

  static final Constants SHUTDOWN =
      Constants.values(
          """
          SHUT_RD 0
          SHUT_WR 1
          SHUT_RDWR 2
          """);

  static final Constants LEVEL =
      Constants.values(
          """
          IPPROTO_IP 0
          SOL_SOCKET 1
          IPPROTO_TCP 6
          IPPROTO_UDP 17
          IPPROTO_IPV6 41
          SOL_PACKET 263
          SOL_NETLINK 270
          """);

  static final Constants EPOLL =
      Constants.values(
          """
          EPOLL_CTL_ADD 1
          EPOLL_CTL_DEL 2
          EPOLL_CTL_MOD 3
          """);

  private SocketConstants() {}
}
