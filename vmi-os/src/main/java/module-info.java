/** Guest operating systems: detection, processes, modules and kernel structures. */
module org.vmi4j.os {
  requires transitive org.vmi4j.api;
  requires transitive org.vmi4j.profiles;

  exports org.vmi4j.os;
  exports org.vmi4j.os.linux;
  exports org.vmi4j.os.linux.container;
  exports org.vmi4j.os.linux.core;
  exports org.vmi4j.os.linux.kernel;
  exports org.vmi4j.os.linux.syscall;
}
