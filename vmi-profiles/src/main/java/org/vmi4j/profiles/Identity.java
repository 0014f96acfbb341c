package org.vmi4j.profiles;

/** The identity of a kernel build. A profile fits a guest only if their identities are equal. */
public sealed interface Identity {
  /**
   * A Linux kernel, identified by its banner (linux_banner of init/version.c).
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
   * A Windows kernel, identified by the PDB file of its symbols. The executable holds the same
   * three values in its debug directory (PE format, CodeView record RSDS).
   *
   * @param file the file's name, {@code "ntkrnlmp.pdb"}
   * @param guid 32 hexadecimal digits in upper case, in the order of a GUID's text
   * @param age the age of the PDB: how often it was written, from 1
   */
  record Pdb(String file, String guid, int age) implements Identity {
    @Override
    public String toString() {
      return file + " " + guid + " age " + age;
    }
  }
}
