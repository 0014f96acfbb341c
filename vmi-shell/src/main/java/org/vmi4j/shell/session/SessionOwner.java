package org.vmi4j.shell.session;

/** What has a session: the command above all others, from which they take it. */
public interface SessionOwner {

  /** Returns the session of this run. */
  Session session();
}
