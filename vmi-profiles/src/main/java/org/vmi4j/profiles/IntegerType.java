package org.vmi4j.profiles;

/**
 * An integer.
 *
 * @param name its name in C
 * @param size bytes
 * @param signed whether it is signed
 * @param encoding the meaning of its values
 */
public record IntegerType(String name, long size, boolean signed, Encoding encoding)
    implements Type {

  /** The meaning of the values of an integer. */
  public enum Encoding {
    /** A number. */
    NUMBER,
    /** A character. */
    CHARACTER,
    /** A Boolean. */
    BOOLEAN
  }
}
