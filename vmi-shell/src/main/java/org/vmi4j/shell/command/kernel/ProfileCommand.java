package org.vmi4j.shell.command.kernel;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.vmi4j.api.dump.NewFile;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.KernelProfile;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.io.Profiles;
import org.vmi4j.shell.command.MachineCommand;
import org.vmi4j.shell.command.WriteOptions;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a profile of the guest's kernel. */
@Command(
    name = "profile",
    description = {
      "Writes the types and symbols that were found in the guest as a profile, to standard output or"
          + " to a file, compressed if its name ends in .gz."
    },
    footer = {
      "",
      "Examples: vmi profile file:guest.elf --write kernel.isf.json.gz",
      "          vmi profile file:guest.elf --format rekall --write kernel.json"
    })
final class ProfileCommand extends MachineCommand {
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
          "Run-time addresses of this boot, instead of those as linked, which hold for every boot.")
  private boolean running;

  @Mixin private WriteOptions target;

  @Override
  protected void run(Guest guest) throws IOException {
    Kernel kernel = guest.linux().kernel();
    Profile profile = running ? KernelProfile.asRunning(kernel) : KernelProfile.asLinked(kernel);
    if (target.file().isEmpty()) {
      write(profile, session().raw());
      return;
    }
    Path file = target.file().get();
    NewFile.write(
        file,
        target.replace(),
        out -> {
          if (file.toString().endsWith(".gz")) {
            GZIPOutputStream compressed = new GZIPOutputStream(out);
            write(profile, compressed);
            compressed.finish();
          } else {
            write(profile, out);
          }
        });
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
