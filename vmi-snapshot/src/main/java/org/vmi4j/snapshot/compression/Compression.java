package org.vmi4j.snapshot.compression;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** The compression of a file, detected by its first bytes. */
public enum Compression {
  NONE("", "") {
    @Override
    InputStream expand(InputStream raw) {
      return raw;
    }
  },
  ZSTD("zstd", "(\u00b5/\u00fd") {
    @Override
    InputStream expand(InputStream raw) throws IOException {
      ZstdLibrary.require();
      return new ZstdInputStream(raw).setLongMax(MAX_ZSTD_WINDOW);
    }
  },
  GZIP("gzip", "\u001f\u008b") {
    @Override
    InputStream expand(InputStream raw) throws IOException {
      return new GZIPInputStream(raw, BUFFER);
    }
  },
  XZ("xz", "\u00fd7zXZ\0") {
    @Override
    InputStream expand(InputStream raw) throws IOException {
      return new XZInputStream(raw, MAX_XZ_MEMORY_KIB);
    }
  };

  private static final int BUFFER = 1 << 16;
  private static final int MAX_ZSTD_WINDOW = 31;
  private static final int MAX_XZ_MEMORY_KIB = 1 << 20;
  private static final int LONGEST_MAGIC = 6;

  private final String label;
  private final String magic;

  Compression(String label, String magic) {
    this.label = label;
    this.magic = magic;
  }

  /** Detects the compression of a file. */
  public static Compression of(Path file) throws IOException {
    String head;
    try (InputStream stream = Files.newInputStream(file)) {
      head = new String(stream.readNBytes(LONGEST_MAGIC), StandardCharsets.ISO_8859_1);
    }
    return Arrays.stream(values())
        .filter(compression -> compression != NONE && head.startsWith(compression.magic))
        .findFirst()
        .orElse(NONE);
  }

  abstract InputStream expand(InputStream raw) throws IOException;

  @Override
  public String toString() {
    return label;
  }
}
