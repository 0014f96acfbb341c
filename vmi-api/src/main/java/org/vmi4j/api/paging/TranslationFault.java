package org.vmi4j.api.paging;

import org.vmi4j.api.memory.MemoryFault;

/** A virtual address that could not be read, with the walk that failed. */
public final class TranslationFault extends MemoryFault {
  private static final long serialVersionUID = 1L;

  private final transient Translation translation;

  TranslationFault(String message, long address, int completed, Translation translation) {
    super(message, address, completed);
    this.translation = translation;
  }

  /** The walk that failed; {@code null} after serialization. */
  public Translation translation() {
    return translation;
  }
}
