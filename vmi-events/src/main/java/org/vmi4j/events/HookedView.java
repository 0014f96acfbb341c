package org.vmi4j.events;

import org.vmi4j.api.event.FrameAccess;
import org.vmi4j.api.event.Views;

/** The view in which what is watched differs from the machine's own; made when first needed. */
final class HookedView {
  private final Views views;
  private int number;

  HookedView(Views views) {
    this.views = views;
  }

  /** Makes the view and lets all processors use it, once. */
  int open() {
    if (number == 0) {
      int created = views.create(FrameAccess.RWX);
      try {
        views.switchTo(created);
      } catch (RuntimeException | Error e) {
        views.destroy(created);
        throw e;
      }
      number = created;
    }
    return number;
  }

  /** Lets all processors use the machine's own view again. */
  void close() {
    if (number != 0) {
      int created = number;
      number = 0;
      views.switchTo(0);
      views.destroy(created);
    }
  }
}
