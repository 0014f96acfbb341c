/** Virtual machines as hardware: memory, paging, registers, and the interface to drivers. */
module org.vmi4j.api {
  exports org.vmi4j.api;
  exports org.vmi4j.api.cpu;
  exports org.vmi4j.api.dump;
  exports org.vmi4j.api.elf;
  exports org.vmi4j.api.event;
  exports org.vmi4j.api.host;
  exports org.vmi4j.api.lifecycle;
  exports org.vmi4j.api.memory;
  exports org.vmi4j.api.paging;
  exports org.vmi4j.api.search;
  exports org.vmi4j.api.spi;

  uses org.vmi4j.api.spi.VmDriver;
}
