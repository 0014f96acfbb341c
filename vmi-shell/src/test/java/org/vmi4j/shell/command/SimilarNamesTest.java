package org.vmi4j.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SimilarNamesTest {
  private static List<String> to(String wanted, String... names) {
    return SimilarNames.to(wanted, Stream.of(names));
  }

  @Test
  void fewDifferencesComeFirst() {
    assertThat(to("init_tsak", "init_task", "init_mm", "init_tsak_more", "init_tsa"))
        .containsExactly("init_tsa", "init_task", "init_tsak_more");
    assertThat(to("task_strct", "task_struct", "tast_strcts", "thread_struct"))
        .containsExactly("task_struct", "tast_strcts");
  }

  @Test
  void namesThatItBeginsAreSimilarTheShortestFirst() {
    assertThat(
            to("list_", "list_head", "list_add_tail", "list_del", "hlist_head", "list_add_tail2"))
        .containsExactly("list_del", "list_head", "list_add_tail");
  }

  @Test
  void shortNamesDifferInOneCharacter() {
    assertThat(to("jif", "jit", "jots", "jiffies")).containsExactly("jit", "jiffies");
  }

  @Test
  void aNameIsGivenOnce() {
    assertThat(to("printk", "print", "print", "printf")).containsExactly("print", "printf");
  }

  @Test
  void whereNothingIsSimilarNothingIsSaid() {
    assertThat(SimilarNames.hint("init_task", Stream.of("vfs_read", "init", ""))).isEmpty();
    assertThat(SimilarNames.hint("init_tusk", Stream.of("init_task")))
        .isEqualTo("; similar names: init_task");
    assertThat(
            to("", IntStream.range(0, 9).mapToObj(i -> "x".repeat(i + 1)).toArray(String[]::new)))
        .containsExactly("x", "xx", "xxx");
  }
}
