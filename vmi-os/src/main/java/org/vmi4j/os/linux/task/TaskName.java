package org.vmi4j.os.linux.task;

import java.nio.charset.StandardCharsets;

/** The name of a task: the member comm, TASK_COMM_LEN bytes (include/linux/sched.h). */
public final class TaskName {
  private static final int LENGTH = 2 * Long.BYTES;

  private TaskName() {}

  /**
   * Returns the name as text.
   *
   * @param first its first eight bytes, little-endian
   * @param second the eight bytes that follow
   */
  public static String text(long first, long second) {
    byte[] bytes = new byte[LENGTH];
    int length = 0;
    while (length < LENGTH && byteOf(length < Long.BYTES ? first : second, length) != 0) {
      bytes[length] = byteOf(length < Long.BYTES ? first : second, length);
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static byte byteOf(long word, int index) {
    return (byte) (word >>> Byte.SIZE * (index % Long.BYTES));
  }
}
