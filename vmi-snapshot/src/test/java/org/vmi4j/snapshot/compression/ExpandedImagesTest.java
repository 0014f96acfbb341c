package org.vmi4j.snapshot.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.api.VmiException;
import org.vmi4j.snapshot.TestImages;

class ExpandedImagesTest {
  @TempDir Path folder;
  private Path cache;

  @BeforeEach
  void ownCache() {
    cache = folder.resolve("cache");
    System.setProperty("vmi4j.cache", cache.toString());
  }

  @AfterEach
  void usualCache() {
    System.clearProperty("vmi4j.cache");
  }

  @Test
  void copyIsMadeOnceAndAnewWhenTheOriginalChanges() throws IOException {
    Path image = compressed("x.zst", 1);
    Path copy = ExpandedImages.expand(image, Compression.ZSTD);
    Object identity = Files.getAttribute(copy, "unix:ino");
    assertThat(ExpandedImages.expand(image, Compression.ZSTD)).isEqualTo(copy);
    assertThat(Files.getAttribute(copy, "unix:ino")).isEqualTo(identity);

    compressed("x.zst", 2);
    Files.setLastModifiedTime(image, FileTime.from(Instant.now().plusSeconds(5)));
    Path second = ExpandedImages.expand(image, Compression.ZSTD);
    assertThat(second).isNotEqualTo(copy);
    assertThat(Files.readAllBytes(second)).startsWith(2);
  }

  @Test
  void leastRecentlyUsedGoesAndStaysReadableWhereItIsOpen() throws IOException {
    Path first = compressed("first.zst", 1);
    try (Vm vm = Vmi.open("file:" + first)) {
      Path copy = copies().get(0);
      Files.setLastModifiedTime(
          record(copy), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
      for (int i = 0; i < ExpandedImages.KEPT; i++) {
        ExpandedImages.expand(compressed(i + ".zst", i), Compression.ZSTD);
      }
      assertThat(copies()).hasSize(ExpandedImages.KEPT).doesNotContain(copy);
      assertThat(record(copy)).doesNotExist();
      assertThat(vm.physicalMemory().readByte(0)).isEqualTo((byte) 1);
    }
  }

  @Test
  void manyThreadsShareOneCopy() throws Exception {
    Path image = compressed("x.zst", 7);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Path>> all =
          IntStream.range(0, 32)
              .mapToObj(i -> threads.submit(() -> ExpandedImages.expand(image, Compression.ZSTD)))
              .toList();
      for (Future<Path> one : all) {
        assertThat(Files.readAllBytes(one.get())).hasSize(1 << 20).startsWith(7);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(copies()).hasSize(1);
  }

  @Test
  void bombIsStoppedAtTheRoomThereIs() throws IOException {
    Path image = compressed("bomb.zst", 1);
    Path to = Files.createFile(folder.resolve("to"));
    assertThatThrownBy(() -> ExpandedImages.write(image, Compression.ZSTD, to, 1 << 19))
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll("more than the disk", "set VMI4J_CACHE");
    assertThat(Files.size(to)).isLessThanOrEqualTo(1 << 19);
  }

  @Test
  void cacheThatCannotBeMadeIsNamed() throws IOException {
    Path image = compressed("x.zst", 1);
    Files.writeString(cache, "a file where the folder should be");
    assertThatThrownBy(() -> TestImages.open("file:" + image))
        .isInstanceOf(VmiException.class)
        .hasMessageContainingAll("cache folder", "set VMI4J_CACHE");
  }

  /** What Ctrl-C in the shell does: nothing is broken, and nothing is left over. */
  @Test
  void whoIsInterruptedWhileAnImageOpensIsToldOfThatAlone() throws IOException {
    Path image = compressed("x.zst", 1);
    Path plain = Files.write(folder.resolve("plain.raw"), new byte[1 << 20]);
    for (Path each : List.of(image, plain)) {
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> Vmi.open("file:" + each))
            .isInstanceOf(CancellationException.class)
            .hasMessage("stopped");
      } finally {
        Thread.interrupted();
      }
    }
    assertThat(copies()).isEmpty();
    Path to = Files.createFile(folder.resolve("to"));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> ExpandedImages.write(image, Compression.ZSTD, to, 1 << 21))
          .isInstanceOf(CancellationException.class);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void copyThatWasTruncatedChangedOrReplacedIsMadeAnew() throws IOException {
    Path image = compressed("x.zst", 5);
    byte[] whole = Files.readAllBytes(ExpandedImages.expand(image, Compression.ZSTD));
    Path copy = copies().get(0);
    FileTime time = Files.getLastModifiedTime(copy);

    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.truncate(1000);
    }
    assertThat(expandedAgain(image)).isEqualTo(whole);

    try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {9}), 1000);
    }
    Files.setLastModifiedTime(copy, time);
    assertThat(expandedAgain(image)).isEqualTo(whole);

    Path other = Files.write(folder.resolve("other"), new byte[whole.length]);
    Files.move(other, copy, StandardCopyOption.REPLACE_EXISTING);
    assertThat(expandedAgain(image)).isEqualTo(whole);

    Files.write(record(copy), new byte[] {(byte) 0xff, 0});
    assertThat(expandedAgain(image)).isEqualTo(whole);
  }

  private static byte[] expandedAgain(Path image) throws IOException {
    return Files.readAllBytes(ExpandedImages.expand(image, Compression.ZSTD));
  }

  private static Path record(Path copy) {
    return copy.resolveSibling(copy.getFileName().toString().replace(".img", ".id"));
  }

  private List<Path> copies() throws IOException {
    try (Stream<Path> files = Files.list(cache.resolve("images"))) {
      return files.filter(file -> !file.toString().endsWith(".id")).toList();
    }
  }

  private Path compressed(String name, int value) throws IOException {
    byte[] image = new byte[1 << 20];
    Arrays.fill(image, (byte) value);
    return Files.write(folder.resolve(name), Zstd.compress(image));
  }
}
