/** Layouts of the records in which Xen describes domains and their processors. */
module org.vmi4j.xenabi {
  requires transitive org.vmi4j.api;

  exports org.vmi4j.xenabi;
}
