/** Events of running machines: one loop, many subscribers, breakpoints. Knows no hypervisor. */
module org.vmi4j.events {
  requires transitive org.vmi4j.api;

  exports org.vmi4j.events;
}
