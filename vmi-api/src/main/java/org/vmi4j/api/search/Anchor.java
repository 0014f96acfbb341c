package org.vmi4j.api.search;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;

/**
 * The longest part of a pattern without wildcards, which a scan looks for. Where it has seven bytes
 * or more, each occurrence holds a whole aligned word of four bytes, one of four that are known; a
 * block of memory is compared with these four in a loop that the JIT compiler turns into vector
 * instructions, and only a block with a hit is examined byte by byte.
 */
final class Anchor {
  private static final int WORD = Integer.BYTES;
  private static final int PHASES = 4;

  private final int offset;
  private final byte[] bytes;

  private Anchor(int offset, byte[] bytes) {
    this.offset = offset;
    this.bytes = bytes;
  }

  static Anchor of(byte[] value, byte[] mask) {
    int best = 0;
    int length = 0;
    int start = 0;
    for (int i = 0; i <= value.length; i++) {
      if (i == value.length || mask[i] != -1) {
        if (i - start > length) {
          best = start;
          length = i - start;
        }
        start = i + 1;
      }
    }
    if (length == 0) {
      throw new IllegalArgumentException(
          "a pattern needs at least one byte without a question mark");
    }
    return new Anchor(best, Arrays.copyOfRange(value, best, best + length));
  }

  /** Where in the pattern it begins. */
  int offset() {
    return offset;
  }

  private int word(int from) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(from);
  }

  /** Receives candidate positions of the anchor. */
  @FunctionalInterface
  interface Candidates {
    /**
     * Receives one candidate.
     *
     * @param position the position in the extent; negative when the anchor began before it
     * @return whether to go on
     */
    boolean found(int position);
  }

  /** Finds candidates in successive extents of memory. Not safe for use by several threads. */
  interface Finder {
    /** Scans an extent, which begins at a multiple of four. */
    void candidates(ByteBuffer extent, Candidates candidates);

    /** How many bytes after the anchor's first one may have to be scanned to find it. */
    int reach();

    /** Returns whether memory that is all zeros can have candidates. */
    boolean isFoundInZeros();
  }

  Finder finder() {
    return bytes.length >= WORD + PHASES - 1 ? new WordFinder(this) : new ByteFinder(this);
  }

  /** Scans every byte, for short anchors; for one that is not zero, if there is any. */
  private static final class ByteFinder implements Finder {
    private final int index;
    private final byte wanted;

    ByteFinder(Anchor anchor) {
      int found = 0;
      while (found < anchor.bytes.length - 1 && anchor.bytes[found] == 0) {
        found++;
      }
      index = found;
      wanted = anchor.bytes[found];
    }

    @Override
    public int reach() {
      return index;
    }

    @Override
    public boolean isFoundInZeros() {
      return wanted == 0;
    }

    @Override
    public void candidates(ByteBuffer extent, Candidates candidates) {
      for (int i = 0; i < extent.limit(); i++) {
        if (extent.get(i) == wanted && !candidates.found(i - index)) {
          return;
        }
      }
    }
  }

  /** Scans aligned words, a block at a time, for longer anchors. */
  private static final class WordFinder implements Finder {
    private static final int BLOCK = 1024;

    private final int[] block = new int[BLOCK];
    private final int word0;
    private final int word1;
    private final int word2;
    private final int word3;

    WordFinder(Anchor anchor) {
      word0 = anchor.word(0);
      word1 = anchor.word(1);
      word2 = anchor.word(2);
      word3 = anchor.word(3);
    }

    @Override
    public int reach() {
      return PHASES - 1 + WORD - 1;
    }

    @Override
    public boolean isFoundInZeros() {
      return word0 == 0 || word1 == 0 || word2 == 0 || word3 == 0;
    }

    @Override
    public void candidates(ByteBuffer extent, Candidates candidates) {
      IntBuffer words = extent.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
      for (int at = 0; at < words.limit(); at += BLOCK) {
        int count = Math.min(BLOCK, words.limit() - at);
        words.get(at, block, 0, count);
        if (hasWord(block, count, word0, word1, word2, word3) && !report(at, count, candidates)) {
          return;
        }
      }
    }

    /** The sign bit of {@code x | -x} is clear only for 0, and stays clear through the ands. */
    private static boolean hasWord(int[] block, int count, int w0, int w1, int w2, int w3) {
      int all = -1;
      for (int i = 0; i < count; i++) {
        int x = block[i];
        int d0 = x ^ w0;
        int d1 = x ^ w1;
        int d2 = x ^ w2;
        int d3 = x ^ w3;
        all &= (d0 | 0 - d0) & (d1 | 0 - d1) & (d2 | 0 - d2) & (d3 | 0 - d3);
      }
      return all >= 0;
    }

    private boolean report(int at, int count, Candidates candidates) {
      for (int i = 0; i < count; i++) {
        int x = block[i];
        int position = (at + i) * WORD;
        if (x == word3 && !candidates.found(position - 3)
            || x == word2 && !candidates.found(position - 2)
            || x == word1 && !candidates.found(position - 1)
            || x == word0 && !candidates.found(position)) {
          return false;
        }
      }
      return true;
    }
  }
}
