package org.vmi4j.events;

import java.util.Arrays;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.Response;

/**
 * Lets processors execute one instruction past what stands in their way. There are three ways, of
 * which the first that the machine offers is used:
 *
 * <ol>
 *   <li>The processor executes it in view 0, where nothing is in the way, and returns to the hooked
 *       view. The other processors notice nothing.
 *   <li>The obstacle is lifted, the processor executes one instruction, the obstacle is restored.
 *       Other processors may pass it in between.
 *   <li>The obstacle is lifted, and restored after a while. What happens in between is missed.
 * </ol>
 */
final class Steps {
  private static final int MOST_VCPUS = 1 << 12;

  /** The way of this machine. */
  enum Way {
    VIEW,
    STEP,
    PAUSE
  }

  /** One processor: what was lifted for the instruction that it executes. */
  private static final class Processor {
    private Obstacles[] owners = new Obstacles[2];
    private long[] obstacles = new long[2];
    private int count;
    private boolean stepping;
    private boolean subscribed;

    void add(Obstacles owner, long obstacle) {
      if (count == obstacles.length) {
        owners = Arrays.copyOf(owners, 2 * count);
        obstacles = Arrays.copyOf(obstacles, 2 * count);
      }
      owners[count] = owner;
      obstacles[count++] = obstacle;
    }

    boolean has(Obstacles owner, long obstacle) {
      for (int i = 0; i < count; i++) {
        if (owners[i] == owner && obstacles[i] == obstacle) {
          return true;
        }
      }
      return false;
    }
  }

  private final Way way;
  private final long quiet;
  private int hookedView;
  private Processor[] processors = {};

  /** When what was lifted without a step is restored; meaningful if something is. */
  private long due;

  /**
   * @param quiet how long obstacles stay lifted where no step is possible, in nanoseconds
   */
  Steps(Way way, long quiet) {
    this.way = way;
    this.quiet = quiet;
  }

  Way way() {
    return way;
  }

  /** Sets the view in which obstacles are; 0 where there are no views. */
  void hookIn(int view) {
    hookedView = view;
  }

  /**
   * Lets the processor of an event execute its instruction past an obstacle.
   *
   * @param response what was answered besides
   * @return that, with what makes the processor do it
   */
  Response past(Event event, Response response, Obstacles owner, long obstacle) {
    if (!event.isWaiting()) {
      return response;
    }
    Processor processor = processor(event.vcpu());
    if (!processor.has(owner, obstacle)) {
      if (way != Way.VIEW && !isLifted(owner, obstacle)) {
        owner.lift(obstacle);
      }
      processor.add(owner, obstacle);
    }
    if (way == Way.PAUSE) {
      due = System.nanoTime() + quiet;
      return response;
    }
    processor.stepping = true;
    processor.subscribed |= response.isStep();
    return way == Way.VIEW ? response.inView(0).thenStep() : response.thenStep();
  }

  /** Notes what is answered to an event, so that a step that a subscriber asked for reaches it. */
  void note(Event event, Response response) {
    if (response.isStep()) {
      processor(event.vcpu()).subscribed = true;
    }
  }

  /**
   * Ends a step, after which subscribers may see the event.
   *
   * @return what is to be answered besides
   */
  Response stepped(Event event) {
    Processor processor = processor(event.vcpu());
    boolean returns = processor.stepping && way == Way.VIEW;
    processor.stepping = false;
    restore(processor);
    return returns ? Response.resume().inView(hookedView) : Response.resume();
  }

  /** Returns whether the step that ended was asked for by a subscriber, and forgets it. */
  boolean takeSubscribed(Event event) {
    Processor processor = processor(event.vcpu());
    boolean was = processor.subscribed;
    processor.subscribed = false;
    return was;
  }

  /**
   * Returns how many nanoseconds are left until something is to be restored; negative if nothing.
   */
  long untilDue() {
    return way == Way.PAUSE && isAnyLifted() ? Math.max(0, due - System.nanoTime()) : -1;
  }

  /** Restores what was lifted without a step, if its time has come. */
  void restoreDue() {
    if (untilDue() == 0) {
      restoreAll();
    }
  }

  /** Restores everything. */
  void restoreAll() {
    for (Processor processor : processors) {
      if (processor != null) {
        restore(processor);
      }
    }
  }

  private void restore(Processor processor) {
    while (processor.count > 0) {
      int last = --processor.count;
      Obstacles owner = processor.owners[last];
      if (!isLifted(owner, processor.obstacles[last])) {
        owner.restore(processor.obstacles[last]);
      }
    }
  }

  private boolean isLifted(Obstacles owner, long obstacle) {
    for (Processor processor : processors) {
      if (processor != null && processor.has(owner, obstacle)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAnyLifted() {
    for (Processor processor : processors) {
      if (processor != null && processor.count > 0) {
        return true;
      }
    }
    return false;
  }

  private Processor processor(int vcpu) {
    if (vcpu >= processors.length) {
      if (vcpu >= MOST_VCPUS) {
        throw new IllegalArgumentException("there is no virtual processor " + vcpu);
      }
      processors = Arrays.copyOf(processors, vcpu + 1);
    }
    if (processors[vcpu] == null) {
      processors[vcpu] = new Processor();
    }
    return processors[vcpu];
  }
}
