package org.vmi4j.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmNotFoundException;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.VmDriver;
import org.vmi4j.snapshot.compression.Compression;
import org.vmi4j.snapshot.compression.ExpandedImages;
import org.vmi4j.snapshot.compression.ZstdLibrary;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFailure;
import org.vmi4j.snapshot.image.ImageFile;

/**
 * Opens memory images: {@code file:guest.elf}. The format and the compression are detected by the
 * content. A raw image of a machine with a hole below 4 GiB takes its range as an option: {@code
 * file:guest.raw?hole=0xc0000000-0x100000000}.
 */
public final class SnapshotDriver implements VmDriver {

  /** Called by the service loader. */
  public SnapshotDriver() {}

  @Override
  public String scheme() {
    return "file";
  }

  @Override
  public String help() {
    return "a memory image: raw, ELF core, core of xl dump-core or LiME, plain or under zstd, gzip or xz";
  }

  @Override
  public List<Check> checks() {
    return List.of(
        Check.ok("memory images", "can be opened: they need nothing of this host"),
        ZstdLibrary.check());
  }

  @Override
  public Vm open(VmUri uri) {
    ImageUri image = ImageUri.parse(uri);
    Path path = image.path();
    if (!Files.exists(path)) {
      throw new VmNotFoundException("there is no file " + path + "; check the path");
    }
    if (Files.isDirectory(path)) {
      throw new VmiException(path + " is a directory; name a memory image in it");
    }
    if (!Files.isRegularFile(path)) {
      throw new VmiException(path + " is a device or a pipe; name the file of a memory image");
    }
    try {
      Compression compression = Compression.of(path);
      Path plain =
          compression == Compression.NONE ? path : ExpandedImages.expand(path, compression);
      try (FileChannel file = FileChannel.open(plain, StandardOpenOption.READ)) {
        Image found = ImageFormats.read(new ImageFile(path, file, image.holes()));
        String description =
            found.format() + (compression == Compression.NONE ? "" : " under " + compression);
        ImageSource source = new ImageSource(plain, file, found.segments(), found.addressing());
        return new SnapshotVm(uri.toString(), path, description, found, source);
      }
    } catch (IOException e) {
      throw ImageFailure.of("cannot read " + path + ": " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    if (e.getCause() instanceof OutOfMemoryError) {
      return "this process has no address space left to map it; permit more (ulimit -v unlimited),"
          + " and more mappings (sysctl vm.max_map_count) if many images are open";
    }
    return e instanceof AccessDeniedException
        ? "permission denied; make it readable for you"
        : String.valueOf(e.getMessage());
  }
}
