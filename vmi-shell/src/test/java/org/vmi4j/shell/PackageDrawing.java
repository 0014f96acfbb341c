package org.vmi4j.shell;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Draws the packages of every module as text: each on a line, above those that it uses, with arrows
 * to them. An arrow that follows from others (to what a used package uses) is left out.
 */
final class PackageDrawing {
  private static final int COLUMN = 22;

  private final Map<String, Set<String>> uses = new TreeMap<>();

  private PackageDrawing(JavaClasses classes, String root) {
    for (JavaClass from : classes) {
      Set<String> used = uses.computeIfAbsent(name(from, root), name -> new TreeSet<>());
      from.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(to -> to.getPackageName().startsWith(root))
          .map(to -> name(to, root))
          .filter(to -> module(to).equals(module(name(from, root))))
          .filter(to -> !to.equals(name(from, root)))
          .forEach(used::add);
    }
  }

  /** The drawing, with no line end behind its last line. */
  static String of(JavaClasses classes, String root) {
    PackageDrawing drawing = new PackageDrawing(classes, root);
    List<String> lines = new ArrayList<>();
    drawing.uses.keySet().stream()
        .map(PackageDrawing::module)
        .distinct()
        .forEach(module -> drawing.draw(module, lines));
    return String.join("\n", lines);
  }

  private void draw(String module, List<String> lines) {
    lines.add(module + ":");
    uses.keySet().stream()
        .filter(name -> module(name).equals(module))
        .sorted(
            Comparator.comparingInt((String name) -> -height(name, new HashSet<>()))
                .thenComparing(Comparator.naturalOrder()))
        .map(this::line)
        .forEach(lines::add);
  }

  private String line(String name) {
    Set<String> direct = new TreeSet<>(uses.get(name));
    for (String used : uses.get(name)) {
      Set<String> behind = new HashSet<>();
      reach(used, behind);
      behind.remove(used);
      // Of two that use each other both stay.
      behind.removeIf(other -> reaches(other, used) || reaches(other, name));
      direct.removeAll(behind);
    }
    String arrows = direct.isEmpty() ? "" : " -> " + String.join(", ", direct);
    return ("  " + pad(name) + arrows).stripTrailing();
  }

  private static String pad(String name) {
    return name + " ".repeat(Math.max(0, COLUMN - name.length()));
  }

  private boolean reaches(String from, String to) {
    Set<String> behind = new HashSet<>();
    uses.get(from).forEach(used -> reach(used, behind));
    return behind.contains(to);
  }

  private void reach(String from, Set<String> seen) {
    if (seen.add(from)) {
      uses.get(from).forEach(used -> reach(used, seen));
    }
  }

  /** The length of the longest way down from a package. */
  private int height(String name, Set<String> above) {
    if (!above.add(name)) {
      return 0;
    }
    int height = 0;
    for (String used : uses.get(name)) {
      height = Math.max(height, 1 + height(used, above));
    }
    above.remove(name);
    return height;
  }

  private static String name(JavaClass of, String root) {
    return of.getPackageName().substring(root.length());
  }

  private static String module(String name) {
    return name.split("\\.", 2)[0];
  }
}
