/** Types and symbols of a guest's kernel: Rekall JSON, Volatility ISF, BTF, kallsyms. */
module org.vmi4j.profiles {
  requires com.fasterxml.jackson.core;
  requires org.tukaani.xz;
  requires transitive org.vmi4j.api;

  exports org.vmi4j.profiles;
  exports org.vmi4j.profiles.btf;
  exports org.vmi4j.profiles.io;
  exports org.vmi4j.profiles.kallsyms;
}
