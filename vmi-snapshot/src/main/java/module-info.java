/** Memory images as virtual machines. */
module org.vmi4j.snapshot {
  requires transitive org.vmi4j.api;
  requires org.vmi4j.xenabi;
  requires com.github.luben.zstd_jni;
  requires com.sun.jna;
  requires org.tukaani.xz;

  exports org.vmi4j.snapshot;

  provides org.vmi4j.api.spi.VmDriver with
      org.vmi4j.snapshot.SnapshotDriver;
}
