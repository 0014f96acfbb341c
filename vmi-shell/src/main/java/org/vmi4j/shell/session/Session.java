package org.vmi4j.shell.session;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.vmi4j.plugins.record.Printable;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.io.Profiles;

/** What the commands of one run share: where they print, and the guests that are open. */
public final class Session implements AutoCloseable {
  private final Output raw;
  private final boolean piped;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Map<String, Guest> guests = new LinkedHashMap<>();
  private final ProgressLine progress;
  private int exitCode;

  /** Begins a session that prints to the standard output and error of the process. */
  public static Session ofProcess() {
    // Not System.out, which swallows errors.
    return new Session(new FileOutputStream(FileDescriptor.out), System.err, isStandardOutPiped());
  }

  /**
   * Returns whether it is a pipe, as proc(5) shows it; a write to one fails only without a reader.
   */
  private static boolean isStandardOutPiped() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }

  /** Begins a session that prints to these. */
  public Session(OutputStream out, OutputStream err) {
    this(out, err, false);
  }

  private Session(OutputStream out, OutputStream err, boolean piped) {
    this.piped = piped;
    this.raw = new Output(out);
    this.out =
        new PrintWriter(new BufferedWriter(new OutputStreamWriter(raw, StandardCharsets.UTF_8)));
    this.err = new PrintWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8), true);
    this.progress = new ProgressLine(this.err);
  }

  public PrintWriter out() {
    return out;
  }

  public PrintWriter err() {
    return err;
  }

  /** Returns whether standard output is a pipe, whose reader may end at any time. */
  public boolean isPiped() {
    return piped;
  }

  /** Returns why standard output could not be written, if it failed. */
  public Optional<IOException> outputFailure() {
    out.flush();
    return Optional.ofNullable(raw.failure());
  }

  /** Standard output as bytes, for a command whose output is no text. */
  public OutputStream raw() {
    out.flush();
    return raw;
  }

  public ProgressLine progress() {
    return progress;
  }

  /** Opens a guest, or returns it where this session has opened it already. */
  public Guest guest(String uri, Optional<Path> profile) {
    String key = uri + "\n" + profile.map(Path::toString).orElse("");
    Guest known = guests.get(key);
    if (known == null) {
      Optional<Profile> loaded = profile.map(Profiles::load);
      known = new Guest(uri, loaded, progress);
      guests.put(key, known);
    }
    return known;
  }

  /** Prints an error. What the guest has a say in cannot act on the terminal, nor begin a line. */
  public void complain(String message) {
    String prefix = "vmi: ";
    for (String line : message.split("\\R", -1)) {
      err.println(prefix + Printable.of(line));
      prefix = "  ";
    }
  }

  /** Prints what to do about the error just printed. */
  public void advise(String advice) {
    err.println("  to do: " + advice);
  }

  /** Prints what was done, where standard output has no room for it. */
  public void inform(String text) {
    progress.clear();
    err.println(Printable.of(text));
  }

  /** Says that what was printed is true and not complete. */
  public void incomplete(String why) {
    out.flush();
    complain("incomplete: " + why);
    exitWith(ExitCode.INCOMPLETE);
  }

  /** The command that runs will end with this exit code. */
  public void exitWith(int code) {
    exitCode = code;
  }

  /** Returns the exit code of the command that just ran. */
  public int takeExitCode() {
    int code = exitCode;
    exitCode = ExitCode.OK;
    return code;
  }

  @Override
  public void close() {
    out.flush();
    guests.values().forEach(Guest::close);
    guests.clear();
  }
}
