package org.vmi4j.api.spi;

/**
 * One thing that has to be in place for a driver to work, and what was found.
 *
 * @param name what was looked at, in a few words
 * @param status how it is
 * @param found what was found, for people
 * @param advice what to do about it; empty when there is nothing to do
 */
public record Check(String name, Status status, String found, String advice) {

  /** How something is. */
  public enum Status {
    /** As it has to be. */
    OK,
    /** Works, with limitations. */
    WARNING,
    /** The driver does not work like this. */
    FAILED
  }

  /** Something that is as it has to be. */
  public static Check ok(String name, String found) {
    return new Check(name, Status.OK, found, "");
  }

  /** Something that will get in the way. */
  public static Check warning(String name, String found, String advice) {
    return new Check(name, Status.WARNING, found, advice);
  }

  /** Something without which the driver does not work. */
  public static Check failed(String name, String found, String advice) {
    return new Check(name, Status.FAILED, found, advice);
  }
}
