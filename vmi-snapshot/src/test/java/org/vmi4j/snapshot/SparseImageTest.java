package org.vmi4j.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.api.spi.Window;

/** Searches of an image that is mostly holes. */
class SparseImageTest {
  private static final long SIZE = 256L * Window.SIZE;
  private static final long TEXT = 40L * Window.SIZE - 3;
  private static final String WORDS = "needle in a haystack";

  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void writeSparse() throws IOException {
    image = folder.resolve("sparse.raw");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
      file.seek(4096);
      file.write(1);
      file.seek(TEXT);
      file.write(WORDS.getBytes(US_ASCII));
    }
    assertThat(512 * blocks())
        .as("the file system under %s has holes in files, which this test needs", folder)
        .isLessThan(SIZE / 8);
  }

  private long blocks() throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b", image.toString()).start();
    return Long.parseLong(new String(stat.getInputStream().readAllBytes(), US_ASCII).strip());
  }

  private List<Long> visited(PhysicalMemory memory) {
    List<Long> visited = new ArrayList<>();
    memory.forEachDataExtent(0, memory.end(), (address, bytes) -> visited.add(address));
    return visited;
  }

  private static List<Long> hits(PhysicalMemory memory, BytePattern pattern) {
    List<Long> hits = new ArrayList<>();
    pattern.search(memory, 0, memory.end(), Progress.NONE, hits::add);
    return hits;
  }

  @Test
  void windowsThatAreHolesAreNotVisited() {
    try (Vm vm = Vmi.open("file:" + image)) {
      PhysicalMemory memory = vm.physicalMemory();
      assertThat(visited(memory)).containsExactly(0L, 39L * Window.SIZE, 40L * Window.SIZE);
      List<Long> all = new ArrayList<>();
      memory.forEachExtent(0, SIZE, (address, bytes) -> all.add(address));
      assertThat(all).hasSize(256);
    }
  }

  @Test
  void patternsAreFoundInDataAndInHoles() {
    try (Vm vm = Vmi.open("file:" + image)) {
      PhysicalMemory memory = vm.physicalMemory();
      assertThat(hits(memory, BytePattern.ofText(WORDS))).containsExactly(TEXT);
      assertThat(hits(memory, BytePattern.ofText("nee"))).containsExactly(TEXT);
      assertThat(hits(memory, BytePattern.ofHex("?? ?? 00 6e 65 65 64"))).containsExactly(TEXT - 3);
      BytePattern zeros = BytePattern.ofHex("00".repeat(20) + "01");
      assertThat(zeros.searchInParallel(memory, 0, 8192, Progress.NONE, 2)).containsExactly(4076);
      long hole = 200L * Window.SIZE;
      assertThat(
              BytePattern.ofHex("00 ?? 00").searchInParallel(memory, hole, SIZE, Progress.NONE, 2))
          .containsExactly(hole, hole + 1);
    }
  }

  @Test
  void aHoleThatIsWrittenMeanwhileIsSearched() throws IOException {
    try (Vm vm = Vmi.open("file:" + image)) {
      PhysicalMemory memory = vm.physicalMemory();
      assertThat(hits(memory, BytePattern.ofText("late"))).isEmpty();
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.seek(20L * Window.SIZE);
        file.write("late".getBytes(US_ASCII));
      }
      assertThat(hits(memory, BytePattern.ofText("late"))).containsExactly(20L * Window.SIZE);
    }
  }

  /** The hole at the end of a file that was truncated is not a hole of the machine's memory. */
  @Test
  void whatWasTruncatedIsNotTakenForAHole() throws IOException {
    try (Vm vm = Vmi.open("file:" + image)) {
      visited(vm.physicalMemory());
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(SIZE / 2);
      }
      assertThatThrownBy(() -> visited(vm.physicalMemory()))
          .isInstanceOf(MemoryFault.class)
          .hasMessageContaining("truncated while it was open");
    }
  }

  @Test
  void everythingIsDataWhenTheNameIsThatOfAnotherFile() throws IOException {
    try (Vm vm = Vmi.open("file:" + image)) {
      Files.move(image, folder.resolve("moved.raw"));
      Files.write(image, new byte[4096]);
      assertThat(visited(vm.physicalMemory())).hasSize(256);
    }
  }

  /** A descriptor that is closed may be another file's by then. */
  @Test
  void aFinderThatIsClosedKnowsNoHoles() throws IOException {
    DataFinder finder = new DataFinder(image);
    assertThat(finder.next(8192L)).isGreaterThan(8192L);
    finder.close();
    finder.close();
    assertThat(finder.next(8192L)).isEqualTo(8192L);
  }
}
