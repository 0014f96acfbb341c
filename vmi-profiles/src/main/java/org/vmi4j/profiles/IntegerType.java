package org.vmi4j.profiles;

/**
 * An integer.
 *
 * @param name its name in C
 * @param size bytes
 * @param signed whether it is signed
 * @param encoding what its values stand for
 */
public record IntegerType(String name, long size, boolean signed, Encoding encoding)
    implements Type {

  /** What the values of an integer stand for. */
  public enum Encoding {
    /** A number. */
    NUMBER,
    /** A character. */
    CHARACTER,
    /** True or false. */
    BOOLEAN
  }
}
