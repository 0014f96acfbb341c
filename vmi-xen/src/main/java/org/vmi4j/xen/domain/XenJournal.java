package org.vmi4j.xen.domain;

import java.util.List;
import org.vmi4j.api.host.Folders;
import org.vmi4j.api.lifecycle.Change;
import org.vmi4j.api.lifecycle.FileJournal;
import org.vmi4j.api.lifecycle.Journal;
import org.vmi4j.api.lifecycle.LeftJournal;
import org.vmi4j.xen.host.XenHost;

/**
 * The journal of a domain. Who only reads it needs no folder for journals: it is made when used.
 */
public final class XenJournal implements Journal, AutoCloseable {
  private final String uri;
  private final String identity;
  private FileJournal file;

  /**
   * @param uri opens the domain
   */
  public XenJournal(String uri, XenDomain domain, XenHost host) {
    this.uri = uri;
    // A domain that is rebooted has the same UUID and another number; a host counts anew.
    this.identity =
        domain.info().uuid()
            + "/"
            + domain.id()
            + "/"
            + host.read("proc/sys/kernel/random/boot_id").orElse("");
  }

  private synchronized FileJournal file() {
    if (file == null) {
      file = new FileJournal(Folders.state("journal"), uri, identity);
    }
    return file;
  }

  @Override
  public Entry write(Change change) {
    return file().write(change);
  }

  @Override
  public List<LeftJournal> left() {
    return file().left();
  }

  @Override
  public synchronized void close() {
    if (file != null) {
      file.close();
    }
  }
}
