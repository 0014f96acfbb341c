package org.vmi4j.shell.session;

/** Provides the session: the root command, from which all others take it. */
public interface SessionOwner {

  /** Returns the session of this run. */
  Session session();
}
