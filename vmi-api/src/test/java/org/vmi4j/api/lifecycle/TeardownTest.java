package org.vmi4j.api.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.lifecycle.Teardown.Stage;

/** Undoes stacks, with failures and from several threads, and the end of a JVM that goes on. */
@Timeout(20)
class TeardownTest {
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final List<Thread> hooks = new ArrayList<>();
  private final ExitHook exit = new ExitHook(hooks::add);
  private final Teardown stack = stack(Stage.GUESTS);

  private Teardown stack(Stage stage) {
    return new Teardown("the domain web01", stage, exit);
  }

  private Runnable says(String word) {
    return () -> log.add(word);
  }

  private Runnable fails(String word) {
    return () -> {
      log.add(word);
      throw new VmiException(word + " failed");
    };
  }

  private Teardown.Entry change(Teardown on, String word) {
    return on.change(says(word), says("undo " + word));
  }

  @Test
  void everythingIsUndoneInTheOppositeOrder() {
    stack.own(says("release memory"));
    change(stack, "pause");
    stack.own(says("release watch"));
    stack.close();
    stack.close();
    assertThat(log).containsExactly("pause", "release watch", "undo pause", "release memory");
  }

  @Test
  void whatFailsKeepsNothingFromBeingUndone() {
    stack.own(says("first"));
    stack.own(fails("second"));
    stack.own(
        () -> {
          throw new AssertionError("third failed");
        });
    stack.own(fails("fourth"));
    assertThatThrownBy(stack::close)
        .hasMessage("fourth failed")
        .satisfies(
            thrown ->
                assertThat(thrown.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("third failed", "second failed"));
    assertThat(log).containsExactly("fourth", "second", "first");
    stack.close();
  }

  @Test
  void failuresOfUndoingAreAddedToTheOneThatLedToIt() {
    stack.own(fails("release"));
    VmiException cause = new VmiException("cannot open");
    stack.closeAfter(cause);
    assertThat(cause.getSuppressed()).extracting(Throwable::getMessage).contains("release failed");
  }

  @Test
  void anEntryThatIsClosedEarlyLeavesTheStack() {
    Teardown.Entry early = change(stack, "early");
    change(stack, "late");
    assertThat(early.isOpen()).isTrue();
    early.close();
    early.close();
    assertThat(early.isOpen()).isFalse();
    stack.close();
    assertThat(log).containsExactly("early", "late", "undo early", "undo late");
  }

  @Test
  void aChangeThatCannotBeMadeIsNotUndone() {
    assertThatThrownBy(() -> stack.change(fails("pause"), says("undo"))).hasMessage("pause failed");
    stack.close();
    end();
    assertThat(log).containsExactly("pause");
  }

  @Test
  void aClosedStackTakesNothingMore() {
    stack.close();
    assertThatThrownBy(() -> change(stack, "pause"))
        .isInstanceOf(VmiException.class)
        .hasMessage("the domain web01 is closed; open it again");
    assertThatThrownBy(() -> stack.own(says("released"))).isInstanceOf(VmiException.class);
    assertThat(log).isEmpty();
  }

  /** The end of the JVM comes between the beginning of a pause and its end. */
  @Test
  void whoClosesAStackWaitsForAChangeThatIsBeingMade() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread maker =
        start(
            () ->
                stack.change(
                    () -> {
                      begun.countDown();
                      await(goOn);
                      log.add("pause");
                    },
                    says("undo pause")));
    begun.await();
    Thread closer = start(stack::close);
    awaitBlocked(closer);
    assertThat(log).isEmpty();
    goOn.countDown();
    maker.join();
    closer.join();
    assertThat(log).containsExactly("pause", "undo pause");
  }

  @Test
  void theEndOfTheJvmWaitsForWhatAnotherThreadIsUndoing() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Teardown.Entry entry =
        stack.change(
            says("pause"),
            () -> {
              begun.countDown();
              await(goOn);
              log.add("undo pause");
            });
    Thread closer = start(entry::close);
    begun.await();
    hooks.get(0).start();
    awaitBlocked(hooks.get(0));
    goOn.countDown();
    hooks.get(0).join();
    closer.join();
    assertThat(log).containsExactly("pause", "undo pause");
  }

  @Test
  void theEndOfTheJvmUndoesGuestsBeforeFilesAndTheNewestFirst() {
    Teardown files = stack(Stage.FILES);
    Teardown other = stack(Stage.GUESTS);
    change(stack, "one");
    change(files, "file");
    change(other, "two");
    change(other, "three");
    other.own(says("release"));
    end();
    assertThat(log.subList(4, log.size()))
        .containsExactly("undo three", "undo two", "undo one", "undo file");
    other.close();
    assertThat(log).endsWith("undo file", "release");
  }

  @Test
  void theEndOfTheJvmTakesNothingMoreAndReportsAllFailures() throws InterruptedException {
    Teardown files = stack(Stage.FILES);
    stack.change(says("one"), fails("undo one"));
    files.change(says("file"), fails("undo file"));
    List<Throwable> thrown = new ArrayList<>();
    hooks.get(0).setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
    end();
    assertThat(thrown).hasSize(1);
    assertThat(thrown.get(0)).hasMessage("undo one failed");
    assertThat(thrown.get(0).getSuppressed()).extracting(Throwable::getMessage).hasSize(1);
    assertThat(catchThrowable(() -> change(stack(Stage.GUESTS), "late")))
        .hasMessageContaining("JVM is ending");
    assertThat(log).doesNotContain("late");
  }

  @Test
  void oneHookServesAllStacksAndForgetsThoseWithoutChanges() {
    change(stack, "one").close();
    change(stack(Stage.FILES), "two").close();
    assertThat(hooks).hasSize(1);
    log.clear();
    end();
    assertThat(log).isEmpty();
  }

  /** Many threads open and close entries while the stack is closed: each is undone exactly once. */
  @Test
  void everyChangeIsUndoneOnceWhoeverCloses() throws InterruptedException {
    for (int round = 0; round < 50; round++) {
      log.clear();
      Teardown busy = stack(Stage.GUESTS);
      CountDownLatch running = new CountDownLatch(3);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        threads.add(start(() -> openAndClose(busy, running)));
      }
      running.await();
      busy.close();
      int made = Collections.frequency(List.copyOf(log), "change");
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(log).containsOnly("change", "undo change");
      assertThat(Collections.frequency(log, "change")).isGreaterThanOrEqualTo(3).isEqualTo(made);
      assertThat(Collections.frequency(log, "undo change")).isEqualTo(made);
    }
  }

  private void openAndClose(Teardown busy, CountDownLatch running) {
    try {
      while (true) {
        Teardown.Entry entry = change(busy, "change");
        running.countDown();
        entry.close();
      }
    } catch (VmiException closed) {
      assertThat(closed).hasMessageContaining("closed");
    }
  }

  private void end() {
    if (!hooks.isEmpty() && hooks.get(0).getState() == Thread.State.NEW) {
      hooks.get(0).start();
      join(hooks.get(0));
    }
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work);
    thread.start();
    return thread;
  }

  private static void awaitBlocked(Thread thread) throws InterruptedException {
    while (thread.getState() != Thread.State.BLOCKED) {
      assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
