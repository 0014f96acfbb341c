/** Layouts of the records in which Xen describes domains, their processors, and their events. */
module org.vmi4j.xenabi {
  requires transitive org.vmi4j.api;

  exports org.vmi4j.xenabi;
  exports org.vmi4j.xenabi.event;
}
