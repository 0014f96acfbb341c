package org.vmi4j.snapshot;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.elf.ProcessorNotes;
import org.vmi4j.snapshot.image.Hole;
import org.vmi4j.snapshot.image.Image;
import org.vmi4j.snapshot.image.ImageFile;
import org.vmi4j.snapshot.image.Segment;

/** Heads of images: any bytes make an image whose segments lie in its file, or are refused. */
class ImageFuzzTest {
  private static final int ROOM = 4096;

  private static final Pattern REASON =
      Pattern.compile(
          "\\b(damaged|truncated|not supported|supported|not a core|not a memory image|is empty"
              + "|holds no memory|too few|ends before|overlap|no range|unknown option|no PT_LOAD"
              + "|only version|of the machine type|two segments|says itself|cannot be)\\b");

  private static final Pattern ADVICE =
      Pattern.compile(
          "; \\w+|\\b(which is|are|is) (not )?supported\\b|overlap or are not in ascending order");

  private static Path path;
  private static FileChannel file;

  @BeforeAll
  static void createFile() throws IOException {
    path = Files.createTempFile("fuzz", ".img");
    file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @AfterAll
  static void deleteFile() throws IOException {
    file.close();
    Files.delete(path);
  }

  /** What follows the magic of an ELF file. */
  @FuzzTest(maxDuration = "60s")
  void anyElfIsReadOrRefused(byte[] data) throws IOException {
    read(new byte[] {0x7f, 'E', 'L', 'F'}, data, List.of());
  }

  /** What follows the magic of a LiME image. */
  @FuzzTest(maxDuration = "60s")
  void anyLimeIsReadOrRefused(byte[] data) throws IOException {
    read(new byte[] {'E', 'M', 'i', 'L'}, data, List.of());
  }

  /** The notes of a core. */
  @FuzzTest(maxDuration = "60s")
  void anyNotesAreRead(byte[] data) {
    for (Architecture architecture : Architecture.values()) {
      ByteBuffer notes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
      for (RegisterValues registers : ProcessorNotes.read(notes, architecture)) {
        require(!registers.isEmpty(), "a processor without a register");
      }
    }
  }

  /** The options of a raw image, in a first line, and its bytes. */
  @FuzzTest(maxDuration = "60s")
  void anyRawImageIsReadOrRefused(byte[] data) throws IOException {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    int line = text.indexOf('\n');
    String options = line < 0 ? text : text.substring(0, line);
    List<Hole> holes;
    try {
      holes = ImageUri.parse(new VmUri("file", "x.raw?" + options)).holes();
    } catch (VmiException refused) {
      check(refused);
      return;
    }
    read(new byte[0], Arrays.copyOfRange(data, line + 1, data.length), holes);
  }

  private static void read(byte[] magic, byte[] data, List<Hole> holes) throws IOException {
    byte[] content = Arrays.copyOf(magic, Math.max(ROOM, magic.length + data.length));
    System.arraycopy(data, 0, content, magic.length, data.length);
    file.truncate(content.length);
    file.write(ByteBuffer.wrap(content), 0);
    try {
      check(ImageFormats.read(new ImageFile(path, file, holes)), content.length);
    } catch (VmiException refused) {
      check(refused);
    }
  }

  private static void check(Image image, long size) {
    long end = 0;
    for (Segment segment : image.segments()) {
      require(segment.length() > 0 && segment.address() >= end, "segments overlap");
      require(segment.offset() >= 0, "a segment before the file");
      require(segment.length() <= size - segment.offset(), "a segment behind the file");
      end = segment.end();
    }
    require(end > 0 && end <= 1L << 52, "an end of memory that cannot be");
  }

  /** A refusal names what is wrong in a sentence, and what to do or what is supported instead. */
  private static void check(VmiException refused) {
    String message = String.valueOf(refused.getMessage());
    require(REASON.matcher(message).find(), "no reason in: " + message);
    require(ADVICE.matcher(message).find(), "no advice in: " + message);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
