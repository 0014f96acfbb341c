package org.vmi4j.shell.command.live;

import java.util.Optional;
import java.util.function.Consumer;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.Response;
import org.vmi4j.api.event.SingleStepEvent;
import org.vmi4j.events.EventHandler;
import org.vmi4j.os.linux.RunningTask;
import org.vmi4j.os.linux.RunningTasks;

/**
 * Hands the selected events on. Several subscriptions share it: an event that concerns more than
 * one is handed on once.
 */
final class Observer implements EventHandler<Event> {
  private final Optional<RunningTasks> tasks;
  private final TaskFilter filter;
  private final long most;
  private final Consumer<Observation> receiver;
  private final Runnable onEnough;
  private long last;
  private long count;

  /**
   * @param most how many events are handed on
   * @param onEnough is called when these have been handed on
   */
  Observer(
      Optional<RunningTasks> tasks,
      TaskFilter filter,
      long most,
      Consumer<Observation> receiver,
      Runnable onEnough) {
    this.tasks = tasks;
    this.filter = filter;
    this.most = most;
    this.receiver = receiver;
    this.onEnough = onEnough;
  }

  @Override
  public Response on(Event event) {
    if (count < most && event.sequence() != last) {
      last = event.sequence();
      Optional<RunningTask> task = tasks.flatMap(known -> known.of(event));
      if (!filter.needsTask() || task.isPresent() && filter.selects(task.get())) {
        count++;
        receiver.accept(new Observation(event.keep(), task, next(event)));
        if (count == most) {
          onEnough.run();
        }
      }
    }
    // A processor that steps goes on stepping as long as its steps are answered by one.
    return event instanceof SingleStepEvent && count < most ? Response.step() : Response.resume();
  }

  private Optional<RunningTask> next(Event event) {
    return event instanceof RegisterWriteEvent write && write.target() == X86.CR3
        ? tasks.flatMap(known -> known.using(write.value()))
        : Optional.empty();
  }
}
