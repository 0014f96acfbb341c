package org.vmi4j.os.linux.syscall;

/**
 * A parameter of a system call.
 *
 * @param name its name, as the kernel's source has it
 * @param type its type in C, {@code "const char *"}
 */
public record Parameter(String name, String type) {
  /** Returns whether it is a pointer. */
  boolean isPointer() {
    return type.endsWith("*");
  }
}
