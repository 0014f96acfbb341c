package org.vmi4j.api.dump;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import org.vmi4j.api.Remedy;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.lifecycle.Teardown.Stage;

/**
 * A file that exists complete or not at all: it is written under another name in the same folder,
 * readable for its owner alone, and renamed when it is finished. An unfinished file is deleted by
 * {@link #close}, and when the JVM ends. An existing file is replaced only if the caller permits
 * it; what is no regular file is never replaced.
 */
public final class NewFile implements AutoCloseable {
  private static final Teardown PARTS = new Teardown("the files being written", Stage.FILES);

  private final Path target;
  private final boolean replace;
  private final Teardown.Entry entry;
  private Path part;
  private FileChannel channel;

  private NewFile(Path target, boolean replace) {
    this.target = target;
    this.replace = replace;
    this.entry = PARTS.change(this::begin, this::discard);
  }

  private void begin() {
    try {
      part = Files.createTempFile(target.getParent(), "." + target.getFileName() + ".", ".part");
      channel = FileChannel.open(part, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Produces the content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes the content. */
    void write(OutputStream out) throws IOException;
  }

  /**
   * Writes a file.
   *
   * @param replace whether an existing file is replaced
   * @throws VmiException if it exists and is not to be replaced, or cannot be written
   * @throws CancellationException if the thread is interrupted meanwhile
   */
  public static void write(Path name, boolean replace, Content content) {
    try (NewFile file = create(name, replace, 0)) {
      try {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file.channel));
        content.write(out);
        out.flush();
        file.finish(0);
      } catch (IOException e) {
        throw file.failure(e);
      }
    }
  }

  /** Closes the file, and deletes it unless it was renamed. */
  private void discard() {
    try {
      channel.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new VmiException("cannot delete the incomplete file " + part + "; delete it", e);
    }
  }

  /**
   * Begins a file.
   *
   * @param size how many bytes will be written, which the disk must have room for
   */
  static NewFile create(Path name, boolean replace, long size) {
    try {
      Path target = name.toAbsolutePath();
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        refuse(target, replace);
        target = target.toRealPath();
      }
      long room = target.getParent().toFile().getUsableSpace();
      if (room > 0 && room < size) {
        throw new VmiException(
            name
                + " would have "
                + size
                + " bytes, and its disk has room for "
                + room
                + "; name a file on a larger one");
      }
      return new NewFile(target, replace);
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  /** A device or a pipe must not be renamed over, and a file only when that was asked for. */
  private static void refuse(Path target, boolean replace) {
    if (!Files.isRegularFile(target)) {
      throw new VmiException(
          target + " is there and is no regular file; name a new file to write to");
    }
    if (!replace) {
      throw exists(target, null);
    }
  }

  private static VmiException exists(Path target, IOException cause) {
    return new VmiException(target + " exists; name another file", cause, Remedy.OVERWRITE);
  }

  void write(ByteBuffer bytes, long position) throws IOException {
    for (long at = position; bytes.hasRemaining(); ) {
      at += channel.write(bytes, at);
    }
  }

  /** Gives the file its length, holes included, and its name. */
  void finish(long length) throws IOException {
    if (channel.size() < length) {
      write(ByteBuffer.allocate(1), length - 1);
    }
    channel.close();
    if (replace) {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } else {
      Files.move(part, target);
    }
  }

  /** Converts a failure to an error: a thread that was interrupted has been cancelled. */
  RuntimeException failure(IOException e) {
    return failure(target, e);
  }

  private static RuntimeException failure(Path target, IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return new CancellationException("stopped");
    }
    if (e instanceof FileAlreadyExistsException) {
      return exists(target, e);
    }
    String why =
        e instanceof AccessDeniedException
            ? "permission denied; choose a folder that you may write into"
            : e instanceof NoSuchFileException
                ? "there is no such folder; make it, or check the path"
                : e.getMessage() + "; choose a folder on another disk, or make room on this one";
    return new VmiException("cannot write " + target + ": " + why, e);
  }

  @Override
  public void close() {
    entry.close();
  }
}
