package org.vmi4j.shell.command;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * Finds the names that a misspelt one may stand for: those that differ from it in a few characters,
 * and those that it is the beginning of.
 */
public final class SimilarNames {
  private static final int MOST = 3;

  /** One difference for so many characters, and never more than the limit. */
  private static final int CHARACTERS_PER_DIFFERENCE = 4;

  private static final int MOST_DIFFERENCES = 3;

  private final String wanted;
  private final int differences;

  /** The characters of what is wanted, modulo 64. */
  private final long characters;

  /** Two rows of the table of distances between the beginnings of two names. */
  private int[] row;

  private int[] above;

  private record Candidate(String name, int distance) {
    static final Comparator<Candidate> NEAREST_FIRST =
        Comparator.comparingInt(Candidate::distance)
            .thenComparingInt(candidate -> candidate.name().length())
            .thenComparing(Candidate::name);
  }

  private SimilarNames(String wanted) {
    this.wanted = wanted;
    int fitting = (wanted.length() + CHARACTERS_PER_DIFFERENCE - 1) / CHARACTERS_PER_DIFFERENCE;
    this.differences = Math.min(MOST_DIFFERENCES, fitting);
    this.characters = wanted.chars().mapToLong(c -> 1L << c).reduce(0, (some, more) -> some | more);
    this.row = new int[wanted.length() + 1];
    this.above = new int[wanted.length() + 1];
  }

  /** Returns the end of an error message that names up to three similar names; empty for none. */
  public static String hint(String wanted, Stream<String> names) {
    List<String> similar = to(wanted, names);
    return similar.isEmpty() ? "" : "; similar names: " + String.join(", ", similar);
  }

  /** Returns up to three names, the most similar one first. */
  static List<String> to(String wanted, Stream<String> names) {
    SimilarNames search = new SimilarNames(wanted);
    PriorityQueue<Candidate> nearest = new PriorityQueue<>(Candidate.NEAREST_FIRST.reversed());
    names.forEach(
        name -> {
          Candidate candidate = new Candidate(name, search.distance(name));
          if (candidate.distance() <= search.differences + 1 && !nearest.contains(candidate)) {
            nearest.add(candidate);
            if (nearest.size() > MOST) {
              nearest.poll();
            }
          }
        });
    return nearest.stream().sorted(Candidate.NEAREST_FIRST).map(Candidate::name).toList();
  }

  /**
   * Returns how many characters differ; for a name that differs in more than is permitted, but
   * begins with what is wanted, one more than that, and for others a large number.
   */
  private int distance(String name) {
    int found = edits(name);
    if (found <= differences) {
      return found;
    }
    return name.startsWith(wanted) ? differences + 1 : Integer.MAX_VALUE;
  }

  /**
   * Returns whether too many characters of a name occur nowhere in what is wanted: for most names a
   * few of them decide.
   */
  private boolean isForeign(String name) {
    int foreign = 0;
    for (int i = 0; i < name.length() && foreign <= differences; i++) {
      foreign += (int) (~characters >>> name.charAt(i)) & 1;
    }
    return foreign > differences;
  }

  /**
   * Returns how many characters have to be inserted, removed or replaced (Levenshtein's distance),
   * or a large number when they are too many.
   */
  private int edits(String name) {
    if (Math.abs(name.length() - wanted.length()) > differences || isForeign(name)) {
      return Integer.MAX_VALUE;
    }
    for (int i = 0; i < row.length; i++) {
      row[i] = i;
    }
    for (int at = 0; at < name.length(); at++) {
      int[] before = row;
      row = above;
      above = before;
      row[0] = at + 1;
      int least = row[0];
      for (int i = 1; i < row.length; i++) {
        int replaced = above[i - 1] + (wanted.charAt(i - 1) == name.charAt(at) ? 0 : 1);
        row[i] = Math.min(replaced, 1 + Math.min(above[i], row[i - 1]));
        least = Math.min(least, row[i]);
      }
      if (least > differences) {
        return Integer.MAX_VALUE;
      }
    }
    return row[wanted.length()];
  }
}
