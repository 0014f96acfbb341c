/** Typed records of a guest's objects, and the sinks that write them. */
module org.vmi4j.plugins {
  requires transitive org.vmi4j.os;
  requires com.fasterxml.jackson.core;

  exports org.vmi4j.plugins.linux;
  exports org.vmi4j.plugins.record;
}
