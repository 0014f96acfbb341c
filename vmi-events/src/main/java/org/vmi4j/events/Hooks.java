package org.vmi4j.events;

import java.util.function.Supplier;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.event.EventFeatures;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.Views;
import org.vmi4j.api.lifecycle.Journal;

/**
 * What stands in the way of a machine's processors: watched frames and breakpoints, in the way that
 * the machine offers.
 */
final class Hooks {
  private final Vm vm;
  private final Steps steps;
  private final HookedView view;
  private final Supplier<Subscribers> newSubscribers;
  private FrameWatches watches;
  private Breakpoints breakpoints;
  private Returns returns;

  Hooks(
      Vm vm, EventFeatures features, EventsOptions options, Supplier<Subscribers> newSubscribers) {
    this.vm = vm;
    this.newSubscribers = newSubscribers;
    this.view =
        features.singleStep() && options.views()
            ? vm.find(Views.class)
                .filter(views -> views.limit() > 1)
                .map(HookedView::new)
                .orElse(null)
            : null;
    this.steps = new Steps(way(features), options.quiet().toNanos());
  }

  private Steps.Way way(EventFeatures features) {
    if (view != null) {
      return Steps.Way.VIEW;
    }
    return features.singleStep() ? Steps.Way.STEP : Steps.Way.PAUSE;
  }

  Steps steps() {
    return steps;
  }

  /** The watched frames, if any are or were. */
  FrameWatches openWatches() {
    if (watches == null) {
      FrameWatches opened = new FrameWatches(vm.require(FrameRights.class), steps);
      if (view != null) {
        int number = view.open();
        steps.hookIn(number);
        opened.hookIn(number);
      }
      watches = opened;
    }
    return watches;
  }

  Breakpoints openBreakpoints() {
    if (breakpoints == null) {
      Code code =
          Code.of(
              vm.architecture()
                  .orElseThrow(
                      () ->
                          new VmiException(
                              "the architecture of "
                                  + vm.uri()
                                  + " is not known, so its breakpoint instruction is not either")));
      breakpoints = new Breakpoints(code, placement(code), steps, newSubscribers);
    }
    return breakpoints;
  }

  private Placement placement(Code code) {
    if (view == null || vm.find(GuestFrames.class).isEmpty()) {
      return new InPlace(
          vm.physicalMemory(), code.breakpoint(), vm.find(Journal.class).orElse(Journal.NONE));
    }
    FrameWatches watched = openWatches();
    Hidden hidden =
        new Hidden(
            vm.physicalMemory(),
            code.breakpoint(),
            vm.require(Views.class),
            vm.require(GuestFrames.class),
            watched,
            view.open());
    watched.onWritten(hidden::refresh);
    return hidden;
  }

  /** Takes everything out of the guest. */
  void undo() {
    steps.restoreAll();
    try {
      if (breakpoints != null) {
        breakpoints.removeAll();
      }
    } finally {
      if (view != null) {
        view.close();
      }
    }
  }

  /** The returns that are waited for. */
  Returns openReturns(LoopOwner owner) {
    if (returns == null) {
      Breakpoints opened = openBreakpoints();
      returns = new Returns(opened, opened.code(), owner, new ProcessorRegisters(vm));
    }
    return returns;
  }

  /** The watched frames; null if none ever were. */
  FrameWatches watches() {
    return watches;
  }

  /** The breakpoints; null if there never were any. */
  Breakpoints breakpoints() {
    return breakpoints;
  }
}
