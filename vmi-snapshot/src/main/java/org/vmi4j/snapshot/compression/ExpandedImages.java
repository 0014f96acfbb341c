package org.vmi4j.snapshot.compression;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.host.Folders;
import org.vmi4j.snapshot.image.ImageFailure;

/**
 * Compressed images, expanded once into the cache and mapped from there. The copy is named after
 * the path, size and time of change of the original; runs of zeros become holes of a sparse file.
 * Beside a copy is a record of its identity, written once the copy is whole: a copy that was
 * changed, truncated or replaced since no longer has that identity and is expanded anew. The least
 * recently used copies are deleted when there are more than {@value #KEPT}; a copy that is mapped
 * stays readable without its name.
 */
public final class ExpandedImages {
  static final int KEPT = 8;

  private static final String IMAGE = ".img";
  private static final String RECORD = ".id";

  private static final int CHUNK = 1 << 16;
  private static final long SPARE_DISK = 1L << 30;
  private static final Duration ABANDONED = Duration.ofDays(1);

  private ExpandedImages() {}

  /** Expands an image if the cache has no intact copy, and returns the copy. */
  public static Path expand(Path compressed, Compression compression) throws IOException {
    Path folder = Folders.cache("images");
    Path copy = folder.resolve(key(compressed) + IMAGE);
    if (isIntact(copy)) {
      Files.setLastModifiedTime(recordOf(copy), FileTime.from(Instant.now()));
      return copy;
    }
    Path part = newPart(folder);
    try {
      long usable = folder.toFile().getUsableSpace();
      write(compressed, compression, part, usable - Math.min(SPARE_DISK, usable / 2));
      Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
      Files.writeString(recordOf(copy), identity(copy));
    } finally {
      Files.deleteIfExists(part);
    }
    forgetOldest(folder);
    return copy;
  }

  private static String key(Path file) throws IOException {
    String identity =
        file.toRealPath() + "\n" + Files.size(file) + "\n" + Files.getLastModifiedTime(file);
    return HexFormat.of().formatHex(Arrays.copyOf(sha256(identity.getBytes(UTF_8)), 16));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static boolean isIntact(Path copy) throws IOException {
    try {
      byte[] recorded = Files.readAllBytes(recordOf(copy));
      return Arrays.equals(recorded, identity(copy).getBytes(UTF_8));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * What changes when a file is replaced or its content is: the kernel sets the time of the last
   * status change, and no program can.
   */
  private static String identity(Path file) throws IOException {
    return new TreeMap<>(Files.readAttributes(file, "unix:ino,size,ctime")).toString();
  }

  private static Path recordOf(Path copy) {
    return copy.resolveSibling(copy.getFileName().toString().replace(IMAGE, RECORD));
  }

  private static Path newPart(Path folder) {
    try {
      return Files.createTempFile(folder, "expanding-", ".part");
    } catch (IOException e) {
      throw new VmiException(
          "cannot write into the cache folder "
              + folder
              + "; set VMI4J_CACHE to a folder that can be written",
          e);
    }
  }

  /**
   * Expands a file.
   *
   * @param room how many bytes may be written; zeros that become holes do not count
   */
  static void write(Path compressed, Compression compression, Path to, long room)
      throws IOException {
    byte[] zeros = new byte[CHUNK];
    byte[] chunk = new byte[CHUNK];
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(compressed), CHUNK);
        InputStream plain = expand(compressed, compression, raw);
        FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      long written = 0;
      long at = 0;
      int length;
      while ((length = next(compressed, compression, plain, chunk)) > 0) {
        if (!Arrays.equals(chunk, 0, length, zeros, 0, length)) {
          written += length;
          if (written > room) {
            throw new VmiException(
                compressed
                    + " expands to more than the disk under "
                    + to.getParent()
                    + " has room for; set VMI4J_CACHE to a folder on a larger one");
          }
          write(out, ByteBuffer.wrap(chunk, 0, length), at);
        }
        at += length;
      }
      if (out.size() < at) {
        write(out, ByteBuffer.allocate(1), at - 1);
      }
    }
  }

  private static void write(FileChannel out, ByteBuffer bytes, long at) {
    long position = at;
    try {
      while (bytes.hasRemaining()) {
        position += out.write(bytes, position);
      }
    } catch (IOException e) {
      throw ImageFailure.of(
          "cannot write an expanded image into the cache: "
              + e.getMessage()
              + "; set VMI4J_CACHE to a folder on a larger disk",
          e);
    }
  }

  private static InputStream expand(Path compressed, Compression compression, InputStream raw) {
    try {
      return compression.expand(raw);
    } catch (IOException e) {
      throw damaged(compressed, compression, e);
    }
  }

  private static int next(
      Path compressed, Compression compression, InputStream plain, byte[] chunk) {
    try {
      return plain.readNBytes(chunk, 0, CHUNK);
    } catch (IOException e) {
      throw damaged(compressed, compression, e);
    }
  }

  private static RuntimeException damaged(Path compressed, Compression compression, IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return ImageFailure.of(
        compressed
            + " is damaged or cut short, as "
            + compression
            + " tells ("
            + reason
            + "); copy or compress it again",
        e);
  }

  private static void forgetOldest(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    List<Path> copies =
        files.stream()
            .filter(file -> file.toString().endsWith(IMAGE))
            .sorted(Comparator.comparing(ExpandedImages::lastUse).reversed())
            .toList();
    for (Path old : copies.subList(Math.min(KEPT, copies.size()), copies.size())) {
      Files.deleteIfExists(old);
      Files.deleteIfExists(recordOf(old));
    }
    FileTime limit = FileTime.from(Instant.now().minus(ABANDONED));
    for (Path file : files) {
      if (file.toString().endsWith(".part") && modified(file).compareTo(limit) < 0) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The record of a copy is touched at each use; a copy being written has none yet. */
  private static FileTime lastUse(Path copy) {
    Path record = recordOf(copy);
    return modified(Files.exists(record) ? record : copy);
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.from(Instant.now());
    }
  }
}
