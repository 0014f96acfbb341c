package org.vmi4j.profiles;

/**
 * What distinguishes the build of a kernel from all others. A profile fits a guest only if their
 * identities are equal.
 */
public sealed interface Identity {
  /**
   * A Linux kernel, by what it prints first.
   *
   * @param text the line, {@code "Linux version ..."}, without its line break
   */
  record LinuxBanner(String text) implements Identity {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * A Windows kernel, by the file that its linker wrote symbols to. The program holds the same
   * three values in its debug directory (RSDS).
   *
   * @param file the file's name, {@code "ntkrnlmp.pdb"}
   * @param guid 32 hexadecimal digits in upper case, in the order of a GUID's text
   * @param age how often the file was written, from 1
   */
  record Pdb(String file, String guid, int age) implements Identity {
    @Override
    public String toString() {
      return file + " " + guid + " age " + age;
    }
  }
}
