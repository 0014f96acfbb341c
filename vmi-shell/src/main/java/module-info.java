/** The command line of vmi4j and its shell. */
module org.vmi4j.shell {
  requires org.vmi4j.api;
  requires org.vmi4j.profiles;
  requires org.vmi4j.os;
  requires com.fasterxml.jackson.core;
  requires com.google.common;
  requires info.picocli;
  requires org.jline.reader;
  requires org.jline.terminal;

  opens org.vmi4j.shell to
      info.picocli;
}
