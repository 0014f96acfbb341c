package org.vmi4j.shell.command.memory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalLong;
import org.vmi4j.api.dump.NewFile;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.shell.command.Addresses;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.command.WriteOptions;
import org.vmi4j.shell.complete.SymbolNames;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads memory. */
@Command(
    name = "read",
    description = "Reads memory: prints a hex dump, or writes the bytes to a file.",
    footer = {
      "",
      "Examples: vmi read file:guest.elf linux_banner 64",
      "          vmi read file:guest.elf 0x400000 4096 --pid 1 --write page.bin",
      "          vmi read file:guest.elf 0 0x1000 --physical"
    })
final class ReadCommand extends GuestCommand {
  private static final RecordType BYTES =
      RecordType.named("bytes").hex("address").number("length").text("bytes");
  private static final int LINE = 16;
  private static final int CHUNK = 1 << 16;

  /** The largest hex dump that is printed, in bytes. */
  private static final long MAX_SHOWN = 16 << 20;

  @Parameters(
      index = "1",
      paramLabel = "ADDRESS",
      completionCandidates = SymbolNames.class,
      description = "An address or a symbol.")
  private String address;

  @Parameters(index = "2", paramLabel = "LENGTH", description = "How many bytes; 0x for hex.")
  private String length;

  @Mixin private SpaceOption space;

  @Option(names = "--physical", description = "From physical memory.")
  private boolean physical;

  @Mixin private WriteOptions target;

  @Override
  protected void run(Guest guest) throws IOException {
    OptionalLong wanted = Addresses.length(length);
    if (wanted.isEmpty() || wanted.getAsLong() <= 0) {
      throw wrong("\"" + length + "\" is not a length; write a number of bytes above 0");
    }
    if (physical && space.isProcess()) {
      throw wrong("--physical and --pid exclude each other");
    }
    if (target.file().isEmpty() && wanted.getAsLong() > MAX_SHOWN) {
      throw wrong(
          "a hex dump of more than "
              + MAX_SHOWN
              + " bytes is refused; write them with --write FILE");
    }
    long from =
        physical && Addresses.number(address).isPresent()
            ? Addresses.number(address).getAsLong()
            : Addresses.parse(guest, address);
    Memory memory = physical ? guest.vm().physicalMemory() : space.of(guest);
    memory.readByte(from);
    if (target.file().isPresent()) {
      write(memory, from, wanted.getAsLong(), target.file().get());
    } else {
      show(memory, from, (int) wanted.getAsLong());
    }
  }

  private void write(Memory memory, long from, long wanted, Path file) {
    long[] done = {0};
    NewFile.write(file, target.replace(), out -> done[0] = copy(memory, from, wanted, out));
    session().inform(done[0] + " bytes written to " + file);
    tellEnd(from, done[0], wanted);
  }

  /** Copies memory as far as it is present, and returns the number of bytes. */
  private long copy(Memory memory, long from, long wanted, OutputStream out) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long done = 0;
    int got = 0;
    do {
      session().progress().advance(done, wanted);
      got = memory.readAvailable(from + done, chunk, 0, (int) Math.min(CHUNK, wanted - done));
      out.write(chunk, 0, got);
      done += got;
    } while (got == CHUNK && done < wanted);
    return done;
  }

  private void show(Memory memory, long from, int wanted) {
    byte[] bytes = new byte[wanted];
    int got = memory.readAvailable(from, bytes, 0, wanted);
    if (isTable()) {
      for (int at = 0; at < got; at += LINE) {
        session().out().println(line(from + at, bytes, at, Math.min(LINE, got - at)));
      }
    } else {
      print(BYTES.row(from, got, HexFormat.of().formatHex(bytes, 0, got)));
    }
    tellEnd(from, got, wanted);
  }

  private void tellEnd(long from, long done, long wanted) {
    if (done < wanted) {
      session()
          .incomplete(
              done
                  + " of "
                  + wanted
                  + " bytes; there is no memory at 0x"
                  + Long.toHexString(from + done));
    }
  }

  private static String line(long address, byte[] bytes, int offset, int length) {
    StringBuilder hex = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < LINE; i++) {
      hex.append(i == LINE / 2 ? "  " : " ");
      hex.append(i < length ? HexFormat.of().toHexDigits(bytes[offset + i]) : "  ");
      if (i < length) {
        byte b = bytes[offset + i];
        text.append(b >= ' ' && b < 127 ? (char) b : '.');
      }
    }
    return String.format(Locale.ROOT, "%016x %s  |%s|", address, hex, text);
  }
}
