package org.vmi4j.api.lifecycle;

import java.util.List;
import org.vmi4j.api.Capability;

/**
 * The capability to have changes of a guest undone by another process, if this one ends without
 * undoing them. A change is written, and on the disk, before it is made.
 */
public interface Journal extends Capability {

  /**
   * Records a change that is about to be made.
   *
   * @return ends the record, once the change is undone
   * @throws org.vmi4j.api.VmiException if it cannot be recorded; the change must not be made then
   */
  Entry write(Change change);

  /**
   * Opens the journals that killed programs left of this guest, as it runs since it was started.
   * The caller closes them.
   *
   * @throws org.vmi4j.api.VmiException if they cannot be read
   */
  List<LeftJournal> left();

  /** A change that is recorded. */
  interface Entry {
    /** Records that the change is undone. A second call does nothing. */
    void end();
  }

  /** A journal that records nothing, for machines whose changes end with the process. */
  Journal NONE =
      new Journal() {
        @Override
        public Entry write(Change change) {
          return () -> {};
        }

        @Override
        public List<LeftJournal> left() {
          return List.of();
        }
      };
}
