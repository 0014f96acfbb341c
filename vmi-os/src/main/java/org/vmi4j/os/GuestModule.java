package org.vmi4j.os;

/** A module that a guest's kernel has loaded: on Linux a module, on Windows a driver. */
public interface GuestModule {
  /** Returns its name. */
  String name();

  /** Returns the virtual address where it begins. */
  long address();

  /** Returns its total size in bytes. */
  long size();
}
