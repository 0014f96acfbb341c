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

/** The state that the commands of one run share: output streams and open guests. */
public final class Session implements AutoCloseable {
  private final Output raw;
  private final boolean piped;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Map<String, Guest> guests = new LinkedHashMap<>();
  private final ProgressLine progress;
  private int exitCode;

  /** Creates a session that prints to the standard output and error of the process. */
  public static Session ofProcess() {
    // Not System.out, which ignores errors.
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

  /** Creates a session that prints to the given streams. */
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

  /** Returns standard output as a byte stream, for a command whose output is not text. */
  public OutputStream raw() {
    out.flush();
    return raw;
  }

  public ProgressLine progress() {
    return progress;
  }

  /** Opens a guest, or returns the one that this session has opened before. */
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

  /** Prints an error. Text of the guest in it can neither control the terminal nor begin a line. */
  public void complain(String message) {
    String prefix = "vmi: ";
    for (String line : message.split("\\R", -1)) {
      err.println(prefix + Printable.of(line));
      prefix = "  ";
    }
  }

  /** Prints the remedy for the error just printed. */
  public void advise(String advice) {
    err.println("  to do: " + advice);
  }

  /** Prints a note on standard error, apart from the output. */
  public void inform(String text) {
    progress.clear();
    err.println(Printable.of(text));
  }

  /** Reports that the output is correct but incomplete. */
  public void incomplete(String why) {
    out.flush();
    complain("incomplete: " + why);
    exitWith(ExitCode.INCOMPLETE);
  }

  /** Sets the exit code of the running command. */
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
