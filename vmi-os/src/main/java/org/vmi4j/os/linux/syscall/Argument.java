package org.vmi4j.os.linux.syscall;

/**
 * An argument of a call.
 *
 * @param name the name of the parameter
 * @param text what it means: {@code "O_RDWR|O_CLOEXEC"}, {@code "3</etc/passwd>"}, a path in
 *     quotation marks. Text of the guest in it is as the guest has it, but for a backslash before
 *     quotation marks and backslashes.
 */
public record Argument(String name, String text) {
  @Override
  public String toString() {
    return name + "=" + text;
  }
}
