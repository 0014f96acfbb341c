package org.vmi4j.profiles.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vmi4j.profiles.Declaration;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.LayoutRow;
import org.vmi4j.profiles.StructType;
import org.vmi4j.testkit.ArrayMemory;

/** Compares BTF that gcc wrote with what the program that it compiled says of its own layout. */
class GccBtfTest {
  // Of the matrix only the place is compared: gcc 12 writes its dimensions in reverse.
  private static final List<String> MEMBERS =
      List.of(
          "a",
          "pid",
          "usage.counter",
          "whole",
          "high",
          "color",
          "nodes",
          "nodes[2].name",
          "fn",
          "d",
          "ok",
          "matrix",
          "text");

  @TempDir Path folder;

  @Test
  void agreesWithTheCompiler() throws Exception {
    Path source = folder.resolve("sample.c");
    Files.writeString(source, program());
    if (!run("gcc", "-gbtf", "-O0", "-o", "sample", source.toString())) {
      assertThat(System.getenv("CI")).as("CI needs a gcc that knows -gbtf").isNotEqualTo("true");
      assumeTrue(false, "there is no gcc that knows -gbtf");
    }
    Path output = folder.resolve("output");
    Process sample =
        new ProcessBuilder(folder.resolve("sample").toString())
            .redirectOutput(output.toFile())
            .start();
    assertThat(sample.waitFor()).isZero();
    List<String> truth = Files.readAllLines(output);

    Btf btf = Btf.read("gcc", section(Files.readAllBytes(folder.resolve("sample"))));
    StructType type = btf.struct("sample").orElseThrow();
    assertThat(MEMBERS.stream().map(member -> line(type, member)).toList())
        .isEqualTo(truth.subList(0, MEMBERS.size()));
    assertBitFields(type, truth);
    assertThat(Declaration.layout(type).stream().map(LayoutRow::declaration))
        .contains("int (*fn)(struct node *, long int)", "char *text");
  }

  private static String line(StructType type, String member) {
    Field field = type.field(member).orElseThrow();
    return member + " " + field.offset() + " " + field.size();
  }

  /** The program sets its bit fields to 5, 77 and -9 and prints its bytes. */
  private static void assertBitFields(StructType type, List<String> truth) {
    String hex = truth.get(MEMBERS.size());
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex, 2 * i, 2 * i + 2, 16);
    }
    ArrayMemory memory = new ArrayMemory(0, bytes);
    assertThat(
            List.of("f1", "f2", "f3", "color").stream()
                .map(name -> type.field(name).orElseThrow().read(memory, 0)))
        .containsExactly(5L, 77L, -9L, 0xffffffffL);
  }

  private boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String program() {
    StringBuilder text = new StringBuilder();
    text.append("#include <stdint.h>\n#include <stdio.h>\n#include <stddef.h>\n");
    text.append("enum color { RED = -1, GREEN, BLUE = 5 };\n");
    text.append("typedef int pid_type;\ntypedef struct { int counter; } usage_type;\n");
    text.append("struct node { struct node *next; char name[16]; };\n");
    text.append("struct sample { uint8_t a; pid_type pid; usage_type usage;\n");
    text.append(" union { uint64_t whole; struct { uint32_t low, high; }; };\n");
    text.append(" unsigned int f1:3, f2:7; int f3:5; enum color color; struct node nodes[3];\n");
    text.append(" int (*fn)(struct node *, long); double d; _Bool ok; int matrix[2][3];\n");
    text.append(" const volatile char *text; };\nstruct sample s;\nint main(void) {\n");
    for (String member : MEMBERS) {
      text.append(
          String.format(
              "printf(\"%s %%zu %%zu\\n\", (size_t)((char *)&s.%s - (char *)&s), sizeof s.%s);%n",
              member, member, member));
    }
    text.append("s.f1 = 5; s.f2 = 77; s.f3 = -9; s.color = RED;\n");
    text.append("for (size_t i = 0; i < sizeof s; i++) printf(\"%02x\", ((uint8_t *)&s)[i]);\n");
    return text.append("return 0; }\n").toString();
  }

  /** The bytes of .BTF in a 64-bit ELF file. */
  private static byte[] section(byte[] file) {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) elf.getLong(0x28);
    int names = (int) elf.getLong(headers + 64 * elf.getShort(0x3e) + 24);
    for (int i = 0; i < elf.getShort(0x3c); i++) {
      int at = headers + 64 * i;
      String name = new String(file, names + elf.getInt(at), 5, StandardCharsets.ISO_8859_1);
      if (name.equals(".BTF\0")) {
        byte[] section = new byte[(int) elf.getLong(at + 32)];
        elf.get((int) elf.getLong(at + 24), section);
        return section;
      }
    }
    throw new AssertionError("the compiler wrote no .BTF");
  }
}
