package org.vmi4j.api.lifecycle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.vmi4j.api.VmiException;

/**
 * A journal of changes that were not undone, as another process finds it. It is locked as long as
 * it is open, so that two processes do not undo the same.
 */
public final class LeftJournal implements AutoCloseable {
  private static final long MOST_BYTES = 64L << 20;

  private final Path file;
  private final FileChannel channel;
  private final JournalHeader header;
  private final List<Change> changes;

  private LeftJournal(Path file, FileChannel channel, JournalHeader header, List<Change> changes) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.changes = changes;
  }

  /**
   * Opens the journals that dead processes left of a guest. Those of other guests, of running
   * processes, and damaged ones are left alone.
   *
   * @param folder the folder of journals
   * @param identity that of the guest, as it was given to {@link FileJournal}
   * @throws VmiException if the folder cannot be read
   */
  static List<LeftJournal> of(Path folder, String identity) {
    List<LeftJournal> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.sorted().toList()) {
        if (each.toString().endsWith(FileJournal.SUFFIX)) {
          open(each, identity).ifPresent(found::add);
        }
      }
      return found;
    } catch (IOException e) {
      found.forEach(LeftJournal::close);
      throw new VmiException("cannot read the journals in " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Optional<LeftJournal> open(Path file, String identity) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Optional<LeftJournal> left = Optional.empty();
    try {
      // Small by nature: a file that is not is none of ours.
      if (isLeft(channel) && channel.size() <= MOST_BYTES) {
        left = read(file, channel).filter(journal -> journal.header.identity().equals(identity));
      }
      return left;
    } finally {
      if (left.isEmpty()) {
        channel.close();
      }
    }
  }

  private static boolean isLeft(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    }
  }

  private static Optional<LeftJournal> read(Path file, FileChannel channel) throws IOException {
    Map<Long, Change> open = new TreeMap<>();
    // Not closed: that would close the channel, and with it the lock.
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    String first = lines.readLine();
    Optional<JournalHeader> header =
        Optional.ofNullable(first).flatMap(JournalLine::unsealed).flatMap(JournalHeader::parse);
    if (header.isEmpty()) {
      return Optional.empty();
    }
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      JournalLine.parse(line)
          .ifPresent(
              parsed ->
                  parsed
                      .change()
                      .ifPresentOrElse(
                          change -> open.put(parsed.number(), change),
                          () -> open.remove(parsed.number())));
    }
    List<Change> newestFirst = new ArrayList<>(open.values());
    Collections.reverse(newestFirst);
    return Optional.of(new LeftJournal(file, channel, header.get(), List.copyOf(newestFirst)));
  }

  /** Returns what was changed and not undone, the newest first. */
  public List<Change> changes() {
    return changes;
  }

  /** Returns the ID of the process that left it. */
  public long process() {
    return header.process();
  }

  /** Returns when that process began to change the guest. */
  public Instant time() {
    return Instant.ofEpochMilli(header.time());
  }

  /** Deletes the journal, once all is undone. */
  public void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new VmiException("cannot delete the journal " + file + ": " + e.getMessage(), e);
    }
  }

  /** Closes the journal, which stays unless it was deleted. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new VmiException("cannot close the journal " + file + ": " + e.getMessage(), e);
    }
  }
}
