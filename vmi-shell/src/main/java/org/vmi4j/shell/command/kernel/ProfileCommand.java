package org.vmi4j.shell.command.kernel;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.KernelProfile;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.io.Profiles;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a profile of the guest's kernel. */
@Command(
    name = "profile",
    description = "Writes the types and symbols that were found in the guest as a profile.",
    footer = {
      "",
      "Examples: vmi profile file:guest.elf --file kernel.isf.json.gz",
      "          vmi profile file:guest.elf --format rekall --file kernel.json"
    })
final class ProfileCommand extends GuestCommand {
  /** The formats of profiles. */
  enum ProfileFormat {
    isf,
    rekall
  }

  @Option(
      names = "--format",
      defaultValue = "isf",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private ProfileFormat format;

  @Option(
      names = "--running",
      description =
          "Addresses where the kernel runs, for this boot alone, instead of those of every boot.")
  private boolean running;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Where to, compressed when it ends in .gz (default: standard output).")
  private Path file;

  @Override
  protected void run(Guest guest) throws IOException {
    Kernel kernel = guest.linux().kernel();
    Profile profile = running ? KernelProfile.asRunning(kernel) : KernelProfile.asLinked(kernel);
    if (file == null) {
      write(profile, session().raw());
      return;
    }
    try (OutputStream plain = new BufferedOutputStream(Files.newOutputStream(file))) {
      if (file.toString().endsWith(".gz")) {
        try (OutputStream compressed = new GZIPOutputStream(plain)) {
          write(profile, compressed);
        }
      } else {
        write(profile, plain);
      }
    }
    session()
        .inform(
            profile.symbols().count()
                + " symbols and "
                + profile.types().count()
                + " types written to "
                + file);
  }

  private void write(Profile profile, OutputStream out) throws IOException {
    if (format == ProfileFormat.isf) {
      Profiles.writeIsf(profile, out);
    } else {
      Profiles.writeRekall(profile, out);
    }
    out.flush();
  }
}
