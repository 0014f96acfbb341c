package org.vmi4j.snapshot;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.vmi4j.api.Caches;
import org.vmi4j.api.VmiException;

/**
 * Compressed images, expanded once into the cache and mapped from there. The copy is named after
 * the path, size and time of change of the original; runs of zeros become holes of a sparse file.
 * The least recently used copies go when there are more than {@value #KEPT}.
 */
final class ExpandedImages {
  private static final int KEPT = 8;
  private static final int CHUNK = 1 << 16;
  private static final long SPARE_DISK = 1L << 30;

  private ExpandedImages() {}

  static Path expand(Path compressed, Compression compression) throws IOException {
    Path folder = Caches.folder("images");
    Path copy = folder.resolve(key(compressed) + ".img");
    if (Files.exists(copy)) {
      Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
      return copy;
    }
    Path part = Files.createTempFile(folder, "expanding-", ".part");
    try {
      write(compressed, compression, part);
      Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    forgetOldest(folder);
    return copy;
  }

  private static String key(Path file) throws IOException {
    String identity =
        file.toRealPath() + "\n" + Files.size(file) + "\n" + Files.getLastModifiedTime(file);
    byte[] digest = Caches.sha256(identity.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(digest, 16));
  }

  private static void write(Path compressed, Compression compression, Path to) throws IOException {
    byte[] zeros = new byte[CHUNK];
    byte[] chunk = new byte[CHUNK];
    long room = Files.getFileStore(to).getUsableSpace() - SPARE_DISK;
    long written = 0;
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(compressed), CHUNK);
        InputStream plain = compression.expand(raw);
        FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      long at = 0;
      int length;
      while ((length = plain.readNBytes(chunk, 0, CHUNK)) > 0) {
        if (length < CHUNK || !Arrays.equals(chunk, zeros)) {
          written += length;
          if (written > room) {
            throw new VmiException(
                compressed
                    + " expands to more than the disk under "
                    + to.getParent()
                    + " has room for; set VMI4J_CACHE to a folder on a larger one");
          }
          ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, length);
          for (long position = at; bytes.hasRemaining(); ) {
            position += out.write(bytes, position);
          }
        }
        at += length;
      }
      if (at > 0 && out.size() < at) {
        out.write(ByteBuffer.allocate(1), at - 1);
      }
    } catch (IOException e) {
      throw new VmiException(
          compressed + " is damaged or cut short, as " + compression + " tells: " + e.getMessage(),
          e);
    }
  }

  private static void forgetOldest(Path folder) throws IOException {
    List<Path> copies;
    try (Stream<Path> files = Files.list(folder)) {
      copies = files.filter(file -> file.toString().endsWith(".img")).toList();
    }
    List<Path> newestFirst =
        copies.stream().sorted(Comparator.comparing(ExpandedImages::modified).reversed()).toList();
    for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
      Files.deleteIfExists(old);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
