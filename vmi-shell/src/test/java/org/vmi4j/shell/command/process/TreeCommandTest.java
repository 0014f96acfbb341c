package org.vmi4j.shell.command.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.vmi4j.shell.command.process.TreeCommand.Node;
import org.vmi4j.shell.command.process.TreeCommand.Task;

class TreeCommandTest {

  private static Task task(int pid, int ppid) {
    return new Task(pid, ppid, "name", "", true);
  }

  private static List<String> shape(Task... tasks) {
    return TreeCommand.nodes(List.of(tasks)).stream()
        .map(node -> node.depth() + ":" + node.task().pid())
        .toList();
  }

  @Test
  void eachProcessIsUnderItsParentInTheOrderOfTheNumbers() {
    assertThat(shape(task(9, 1), task(2, 0), task(3, 1), task(1, 0), task(4, 3), task(5, 77)))
        .containsExactly("0:1", "1:3", "2:4", "1:9", "0:2", "0:5");
  }

  @Test
  void aForgedCircleEnds() {
    assertThat(shape(task(0, 0), task(1, 0), task(1, 1))).containsExactly("0:0", "0:1", "1:1");
  }

  @Test
  void aForgedLineMayBeOfAnyLength() {
    int length = 1_000_000;
    List<Node> nodes =
        TreeCommand.nodes(IntStream.rangeClosed(1, length).mapToObj(i -> task(i, i - 1)).toList());
    assertThat(nodes).hasSize(length);
    assertThat(nodes.get(length - 1).depth()).isEqualTo(length - 1);
  }
}
