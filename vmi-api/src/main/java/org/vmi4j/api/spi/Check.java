package org.vmi4j.api.spi;

/**
 * One requirement of a driver, and its state on this host.
 *
 * @param name what was checked, in a few words
 * @param status how it is
 * @param found what was found, for people
 * @param advice the remedy; empty if none is needed
 */
public record Check(String name, Status status, String found, String advice) {

  /** The result of a check. */
  public enum Status {
    /** Fulfilled. */
    OK,
    /** Works, with limitations. */
    WARNING,
    /** The driver does not work. */
    FAILED
  }

  /** Creates a check that passed. */
  public static Check ok(String name, String found) {
    return new Check(name, Status.OK, found, "");
  }

  /** Creates a check that found a limitation. */
  public static Check warning(String name, String found, String advice) {
    return new Check(name, Status.WARNING, found, advice);
  }

  /** Creates a check that failed. */
  public static Check failed(String name, String found, String advice) {
    return new Check(name, Status.FAILED, found, advice);
  }
}
