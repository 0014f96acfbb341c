package org.vmi4j.api.internal;

/**
 * Reads entries of page tables for the page walker. Its methods leave out the checks that every
 * other reader needs, so that it is not part of the public interface.
 *
 * <p>It is a class because C2 checks the type of an interface's object at every call, once for each
 * level of a walk, and need not where a class has one subclass.
 */
public abstract class EntryReader {
  /** For physical memory. */
  protected EntryReader() {}

  /**
   * Reads an aligned entry of eight bytes if that takes one load only. It maps nothing and calls
   * nothing that might, so that the JIT compiler keeps the fields of this object in registers for
   * all levels of a walk.
   *
   * @param address a multiple of 8, no more than a table above 2<sup>52</sup>: its distance from
   *     the contiguous mapping, in windows, has to fit into an int
   * @return the entry, or 0 if {@link #readEntry} has to decide
   * @throws InternalError if the mapped page is gone; {@link #readEntry} reports which
   */
  public abstract long entryInPlace(long address);

  /**
   * Reads an aligned entry, taking a table that is not present for an empty one. A page walk uses
   * this: tables of a hostile guest must not slow it down.
   *
   * @param address a multiple of {@code bytes}
   * @param bytes the size of the entry, 4 or 8
   * @return the entry, zero-extended, or 0 if there is no memory at the address
   */
  public abstract long readEntry(long address, int bytes);
}
