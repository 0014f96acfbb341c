package org.vmi4j.os.linux.syscall;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.vmi4j.api.memory.MemoryFault;

/** A struct sockaddr: sockaddr(3type), ip(7), ipv6(7), unix(7), netlink(7). */
final class SocketAddress {
  /** The size of struct sockaddr_storage, the most that the kernel takes. */
  private static final int MOST = 128;

  private static final int FAMILY = 2;
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int INET_SIZE = 8;
  private static final int INET_ADDRESS = 4;
  private static final int AF_INET6 = 10;
  private static final int INET6_SIZE = 24;
  private static final int INET6_ADDRESS = 8;
  private static final int AF_NETLINK = 16;
  private static final int NETLINK_SIZE = 12;
  private static final int NETLINK_GROUPS = 8;

  private SocketAddress() {}

  /**
   * Returns what it says; what is too short for its family is shown by the family alone.
   *
   * @param length its length in bytes
   * @throws MemoryFault if its memory is not there
   */
  static String text(Caller caller, long address, int length) {
    if (length < FAMILY) {
      return Kinds.address(address);
    }
    byte[] bytes = caller.bytes(address, Math.min(length, MOST));
    if (bytes.length < Math.min(length, MOST)) {
      caller.memory().readByte(address + bytes.length);
    }
    ByteBuffer little = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int family = Short.toUnsignedInt(little.getShort(0));
    if (family == AF_UNIX && bytes.length > FAMILY) {
      return "unix " + path(bytes);
    }
    if (family == AF_INET && bytes.length >= INET_SIZE) {
      return host(bytes, INET_ADDRESS, Integer.BYTES) + ":" + port(bytes);
    }
    if (family == AF_INET6 && bytes.length >= INET6_SIZE) {
      return "[" + host(bytes, INET6_ADDRESS, 2 * Long.BYTES) + "]:" + port(bytes);
    }
    if (family == AF_NETLINK && bytes.length >= NETLINK_SIZE) {
      return "netlink pid="
          + Integer.toUnsignedString(little.getInt(INET_ADDRESS))
          + " groups=0x"
          + Integer.toHexString(little.getInt(NETLINK_GROUPS));
    }
    return SocketConstants.FAMILY.text(family);
  }

  private static int port(byte[] bytes) {
    return Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(FAMILY));
  }

  private static String host(byte[] bytes, int offset, int length) {
    try {
      byte[] host = Arrays.copyOfRange(bytes, offset, offset + length);
      return InetAddress.getByAddress(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + length + " bytes", e);
    }
  }

  /** An abstract name begins with zero and may have more of them; it is shown after {@code @}. */
  private static String path(byte[] bytes) {
    boolean isAbstract = bytes[FAMILY] == 0;
    int start = isAbstract ? FAMILY + 1 : FAMILY;
    int end = start;
    while (end < bytes.length && (isAbstract || bytes[end] != 0)) {
      end++;
    }
    String name = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    return (isAbstract ? "@" : "") + Caller.quoted(name);
  }
}
