package org.vmi4j.os;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * The tree of processes: each process below its parent, siblings ordered by process ID, and at the
 * top the processes whose parents are not listed. In a damaged guest the parents of processes may
 * form a loop, or a process may be its own parent. These are at the top too, and {@link #circular}
 * names them. Every process is in the tree exactly once.
 *
 * @param nodes all processes, each one before those below it
 * @param circular the process IDs of the processes whose parents form a loop
 * @param <P> the type that represents a process
 */
public record ProcessTree<P>(List<Node<P>> nodes, SortedSet<Integer> circular) {

  /**
   * A process with its place in the tree.
   *
   * @param process the process
   * @param depth the number of its ancestors in the tree
   */
  public record Node<P>(P process, int depth) {}

  /** Builds the tree of processes; reads the parent of each. */
  public static <P extends GuestProcess> ProcessTree<P> of(Collection<P> processes) {
    return of(processes, GuestProcess::id, GuestProcess::parentId);
  }

  /**
   * Builds the tree from processes that were read before.
   *
   * @param id returns the process ID of a process
   * @param parentId returns the process ID of its parent
   */
  public static <P> ProcessTree<P> of(
      Collection<P> processes, ToIntFunction<P> id, ToIntFunction<P> parentId) {
    List<P> sorted = processes.stream().sorted(Comparator.comparingInt(id)).toList();
    Map<Integer, Integer> parents = new HashMap<>();
    sorted.forEach(each -> parents.putIfAbsent(id.applyAsInt(each), parentId.applyAsInt(each)));
    SortedSet<Integer> circular = loops(parents);
    List<P> roots = new ArrayList<>();
    Map<Integer, List<P>> children = new HashMap<>();
    for (P each : sorted) {
      int parent = parentId.applyAsInt(each);
      boolean top = !parents.containsKey(parent) || circular.contains(id.applyAsInt(each));
      (top ? roots : children.computeIfAbsent(parent, key -> new ArrayList<>())).add(each);
    }
    return new ProcessTree<>(inOrder(roots, children, id), circular);
  }

  /** Follows the parents of each process until they are known or form a loop. */
  private static SortedSet<Integer> loops(Map<Integer, Integer> parents) {
    SortedSet<Integer> circular = new TreeSet<>();
    Set<Integer> known = new HashSet<>();
    for (Integer start : parents.keySet()) {
      Set<Integer> path = new LinkedHashSet<>();
      Integer at = start;
      while (at != null && known.add(at)) {
        path.add(at);
        at = parents.get(at);
      }
      // A process ID of an earlier path is not in this one: it closes no loop here.
      if (path.contains(at)) {
        Integer first = at;
        do {
          circular.add(at);
          at = parents.get(at);
        } while (!at.equals(first));
      }
    }
    return circular;
  }

  /**
   * A forged chain of parents may have any length, so that nothing here is recursive. Process IDs
   * may be forged too: of several processes with one process ID, the first has the children of all.
   */
  private static <P> List<Node<P>> inOrder(
      List<P> roots, Map<Integer, List<P>> children, ToIntFunction<P> id) {
    List<Node<P>> nodes = new ArrayList<>();
    Deque<Node<P>> open = new ArrayDeque<>();
    push(open, roots, 0);
    while (!open.isEmpty()) {
      Node<P> node = open.pop();
      nodes.add(node);
      List<P> below = children.remove(id.applyAsInt(node.process()));
      if (below != null) {
        push(open, below, node.depth() + 1);
      }
    }
    return List.copyOf(nodes);
  }

  private static <P> void push(Deque<Node<P>> open, List<P> processes, int depth) {
    for (int i = processes.size() - 1; i >= 0; i--) {
      open.push(new Node<>(processes.get(i), depth));
    }
  }
}
