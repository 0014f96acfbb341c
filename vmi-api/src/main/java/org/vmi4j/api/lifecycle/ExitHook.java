package org.vmi4j.api.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.lifecycle.Teardown.Stage;

/**
 * Undoes changes at the end of the JVM. The JVM runs its shutdown hooks at the same time and in no
 * order (Runtime.addShutdownHook), so there is one hook for all stacks.
 */
final class ExitHook {
  static final ExitHook OF_THE_JVM = new ExitHook(Runtime.getRuntime()::addShutdownHook);

  private final Consumer<Thread> register;

  /** The stacks with changes, the newest first; guarded by this, as all below. */
  private final Deque<Teardown> stacks = new ArrayDeque<>();

  private boolean registered;
  private boolean ending;

  /**
   * Creates a hook without stacks.
   *
   * @param register registers a thread to be started at the end; called with the first stack
   */
  ExitHook(Consumer<Thread> register) {
    this.register = register;
  }

  /**
   * Adds a stack.
   *
   * @throws VmiException if the end has begun
   */
  synchronized void add(Teardown stack) {
    if (!registered && !ending) {
      try {
        register.accept(new Thread(this::run, "vmi4j-exit"));
        registered = true;
      } catch (IllegalStateException e) {
        ending = true;
      }
    }
    if (ending) {
      throw new VmiException("this JVM is ending; nothing can be begun that has to be undone");
    }
    stacks.addFirst(stack);
  }

  synchronized void remove(Teardown stack) {
    stacks.removeIf(each -> each == stack);
  }

  private void run() {
    Failures failures = new Failures();
    for (Teardown stack : end()) {
      stack.closeChanges(failures);
    }
    // Nobody is left to catch it: the thread's handler prints it.
    failures.throwAny();
  }

  private synchronized List<Teardown> end() {
    ending = true;
    return Stream.of(Stage.values())
        .flatMap(stage -> stacks.stream().filter(stack -> stack.stage() == stage))
        .toList();
  }
}
