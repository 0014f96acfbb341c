package org.vmi4j.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {

  private record Task(int id, int parentId) {}

  private static Task task(int id, int parentId) {
    return new Task(id, parentId);
  }

  private static ProcessTree<Task> tree(Task... tasks) {
    return ProcessTree.of(List.of(tasks), Task::id, Task::parentId);
  }

  private static List<String> shape(ProcessTree<Task> tree) {
    return tree.nodes().stream().map(node -> node.depth() + ":" + node.process().id()).toList();
  }

  @Test
  void eachProcessIsUnderItsParentInTheOrderOfTheNumbers() {
    ProcessTree<Task> tree =
        tree(task(9, 1), task(2, 0), task(3, 1), task(1, 0), task(4, 3), task(5, 77));
    assertThat(shape(tree)).containsExactly("0:1", "1:3", "2:4", "1:9", "0:2", "0:5");
    assertThat(tree.circular()).isEmpty();
  }

  @Test
  void processesWhoseParentsFormACircleAreAtTheTopWithWhatIsBelowThem() {
    ProcessTree<Task> tree =
        tree(task(1, 0), task(5, 7), task(6, 5), task(7, 6), task(8, 6), task(9, 8), task(10, 1));
    assertThat(shape(tree)).containsExactly("0:1", "1:10", "0:5", "0:6", "1:8", "2:9", "0:7");
    assertThat(tree.circular()).containsExactly(5, 6, 7);
  }

  @Test
  void aProcessThatIsItsOwnParentIsAtTheTop() {
    ProcessTree<Task> tree = tree(task(0, 0), task(1, 0), task(3, 3), task(4, 3));
    assertThat(shape(tree)).containsExactly("0:0", "1:1", "0:3", "1:4");
    assertThat(tree.circular()).containsExactly(0, 3);
  }

  @Test
  void ofSeveralWithOneNumberNoneIsLost() {
    assertThat(shape(tree(task(0, 0), task(1, 0), task(1, 1), task(2, 1))))
        .containsExactlyInAnyOrder("0:0", "1:1", "2:1", "2:2");
    assertThat(shape(tree(task(5, 7), task(5, 1), task(7, 5), task(8, 7)))).hasSize(4);
  }

  @Test
  void aForgedLineMayBeOfAnyLength() {
    int length = 1_000_000;
    List<ProcessTree.Node<Task>> nodes =
        ProcessTree.of(
                IntStream.rangeClosed(1, length).mapToObj(i -> task(i, i - 1)).toList(),
                Task::id,
                Task::parentId)
            .nodes();
    assertThat(nodes).hasSize(length);
    assertThat(nodes.get(length - 1).depth()).isEqualTo(length - 1);
  }
}
