package org.vmi4j.api.lifecycle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.vmi4j.api.VmiException;

/**
 * A journal in a file of its own, which is made with the first change and deleted when none is
 * left. The process holds a lock on it, which the kernel releases when the process ends in any way:
 * a journal without a lock is one whose process has died.
 *
 * <p>All methods may be called from several threads.
 */
public final class FileJournal implements Journal, AutoCloseable {
  static final String SUFFIX = ".journal";
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path folder;
  private final JournalHeader header;
  private Path file;
  private FileChannel channel;

  /** Holds the lock; guarded by this, as all below. */
  private FileLock lock;

  private long next;
  private int open;

  /**
   * Creates a journal, and no file yet.
   *
   * @param folder the folder of journals
   * @param uri the URI that opens the guest
   * @param identity what tells this guest, since it was started, from every other one
   */
  public FileJournal(Path folder, String uri, String identity) {
    this.folder = folder;
    this.header =
        new JournalHeader(uri, identity, ProcessHandle.current().pid(), System.currentTimeMillis());
  }

  @Override
  public synchronized Entry write(Change change) {
    long number = ++next;
    try {
      if (channel == null) {
        create();
      }
      append(JournalLine.begin(number, change));
      channel.force(false);
    } catch (IOException e) {
      throw new VmiException(
          "cannot record what is done to the guest in " + folder + ": " + e.getMessage(), e);
    }
    open++;
    return new Written(number);
  }

  @Override
  public List<LeftJournal> left() {
    return LeftJournal.of(folder, header.identity());
  }

  private void create() throws IOException {
    Path made = folder.resolve(header.process() + "-" + COUNT.incrementAndGet() + SUFFIX);
    FileChannel opened =
        FileChannel.open(
            made,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      lock = opened.tryLock();
      if (lock == null) {
        throw new IOException(made + " belongs to a running process");
      }
      opened.truncate(0);
      channel = opened;
      file = made;
      append(JournalLine.sealed(header.text()));
    } catch (IOException | RuntimeException e) {
      channel = null;
      opened.close();
      throw e;
    }
  }

  private void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The change of one line. */
  private final class Written implements Entry {
    private final long number;
    private boolean ended;

    Written(long number) {
      this.number = number;
    }

    @Override
    public void end() {
      synchronized (FileJournal.this) {
        if (!ended) {
          ended = true;
          endOne(number);
        }
      }
    }
  }

  /** What cannot be written here is undone twice at worst, which does nothing the second time. */
  private void endOne(long number) {
    open--;
    try {
      if (open == 0) {
        delete();
      } else {
        append(JournalLine.end(number));
      }
    } catch (IOException e) {
      throw new VmiException("cannot write the journal " + file + ": " + e.getMessage(), e);
    }
  }

  private void delete() throws IOException {
    // Deleted while it is locked: nobody can take it for one that was left.
    FileChannel closing = channel;
    channel = null;
    try {
      Files.deleteIfExists(file);
    } finally {
      closing.close();
    }
  }

  /** Closes the file. It stays, if a change is not undone. */
  @Override
  public synchronized void close() {
    if (channel != null) {
      try {
        channel.close();
        channel = null;
      } catch (IOException e) {
        throw new VmiException("cannot close the journal " + file + ": " + e.getMessage(), e);
      }
    }
  }
}
