/** Running Xen domains as virtual machines. */
module org.vmi4j.xen {
  requires transitive org.vmi4j.api;
  requires org.vmi4j.xenabi;
  requires com.sun.jna;

  exports org.vmi4j.xen;

  provides org.vmi4j.api.spi.VmDriver with
      org.vmi4j.xen.XenDriver;
}
