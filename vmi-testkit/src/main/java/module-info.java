/** Machines in memory for tests of drivers, plugins and vmi4j itself. */
module org.vmi4j.testkit {
  requires transitive org.vmi4j.api;

  exports org.vmi4j.testkit;

  provides org.vmi4j.api.spi.VmDriver with
      org.vmi4j.testkit.MockDriver;
}
