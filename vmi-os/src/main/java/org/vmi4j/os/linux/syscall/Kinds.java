package org.vmi4j.os.linux.syscall;

import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.paging.AddressSpace;

/** The kinds of arguments. */
final class Kinds {
  /** PATH_MAX of include/uapi/linux/limits.h. */
  private static final int MAX_PATH = 4096;

  private static final int MAX_STRINGS = 32;
  private static final int MAX_STRING = 256;
  private static final int MAX_BYTES = 32;
  private static final int MAX_NUMBERS = 8;

  private static final int AT_FDCWD = -100;

  /** A pointer, or another value of all bits. */
  static final Kind POINTER = (caller, arguments, index) -> address(arguments[index]);

  static final Kind SIGNED = (caller, arguments, index) -> Long.toString(arguments[index]);
  static final Kind UNSIGNED =
      (caller, arguments, index) -> Long.toUnsignedString(arguments[index]);
  static final Kind INT = (caller, arguments, index) -> Integer.toString((int) arguments[index]);
  static final Kind UNSIGNED_INT =
      (caller, arguments, index) -> Integer.toUnsignedString((int) arguments[index]);
  static final Kind HEX = (caller, arguments, index) -> "0x" + Long.toHexString(arguments[index]);

  /** The permissions of a file. */
  static final Kind OCTAL =
      (caller, arguments, index) -> {
        long mode = arguments[index] & 0xffff;
        return mode == 0 ? "0" : "0" + Long.toOctalString(mode);
      };

  /** A file descriptor, with the path of the file. */
  static final Kind FILE =
      (caller, arguments, index) -> {
        int fd = (int) arguments[index];
        return fd == AT_FDCWD
            ? "AT_FDCWD"
            : caller.file(fd).map(path -> fd + "<" + path + ">").orElse(Integer.toString(fd));
      };

  /** A path, or another string. */
  static final Kind STRING =
      (caller, arguments, index) ->
          arguments[index] == 0 ? "NULL" : caller.string(arguments[index], MAX_PATH);

  /** An array of strings that ends with a null pointer. */
  static final Kind STRINGS = (caller, arguments, index) -> strings(caller, arguments[index]);

  /** Bytes that the program hands over, of which the next argument is the length. */
  static final Kind INPUT =
      (caller, arguments, index) -> buffer(caller, arguments[index], arguments[index + 1]);

  /** A struct sockaddr, of which the next argument is the length. */
  static final Kind SOCKET_ADDRESS =
      (caller, arguments, index) ->
          arguments[index] == 0
              ? "NULL"
              : SocketAddress.text(caller, arguments[index], (int) arguments[index + 1]);

  private Kinds() {}

  /** Values or bits that have names. */
  static Kind named(Constants constants) {
    return (caller, arguments, index) -> constants.text(arguments[index]);
  }

  /** Values or bits that have names, of 32 bits. */
  static Kind namedInt(Constants constants) {
    return (caller, arguments, index) -> constants.text(arguments[index] & 0xffff_ffffL);
  }

  /** The flags of open(2), of which Arm numbers some otherwise. */
  static Kind openFlags() {
    return (caller, arguments, index) ->
        (isArm(caller.program()) ? FileConstants.OPEN_ARM : FileConstants.OPEN)
            .text(arguments[index] & 0xffff_ffffL);
  }

  private static boolean isArm(Architecture program) {
    return program == Architecture.ARM || program == Architecture.AARCH64;
  }

  /** Returns a pointer in hexadecimal. */
  static String address(long value) {
    return value == 0 ? "NULL" : "0x" + Long.toHexString(value);
  }

  /** Returns the first bytes of a buffer in quotation marks, with three dots for the others. */
  static String buffer(Caller caller, long address, long length) {
    if (address == 0 || length <= 0) {
      return address == 0 ? "NULL" : "\"\"";
    }
    byte[] bytes = caller.bytes(address, (int) Math.min(length, MAX_BYTES));
    String text = Caller.quoted(new String(bytes, StandardCharsets.ISO_8859_1));
    return bytes.length < length ? text + "..." : text;
  }

  /** Returns the numbers of an array. */
  static String numbers(Caller caller, long address, int count) {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < Math.min(count, MAX_NUMBERS); i++) {
      text.add(Integer.toString(caller.memory().readInt(address + (long) i * Integer.BYTES)));
    }
    return text.toString();
  }

  private static String strings(Caller caller, long array) {
    if (array == 0) {
      return "NULL";
    }
    StringJoiner text = new StringJoiner(", ", "[", "]");
    AddressSpace memory = caller.memory();
    for (int i = 0; i < MAX_STRINGS; i++) {
      long string = memory.readPointer(array + (long) i * memory.pointerSize());
      if (string == 0) {
        return text.toString();
      }
      text.add(caller.string(string, MAX_STRING));
    }
    return text.add("...").toString();
  }
}
