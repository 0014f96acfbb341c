package org.vmi4j.shell;

import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.os.linux.Linux;
import org.vmi4j.profiles.Profile;

/** A machine that is open, and the Linux in it once something asks for it. */
final class Guest implements AutoCloseable {
  private final Vm vm;
  private final Optional<Profile> profile;
  private final Progress progress;
  private Linux linux;

  Guest(String uri, Optional<Profile> profile, Progress progress) {
    this.vm = Vmi.open(uri);
    this.profile = profile;
    this.progress = progress;
  }

  Vm vm() {
    return vm;
  }

  synchronized Linux linux() {
    if (linux == null) {
      linux = Linux.detect(vm, profile, progress);
    }
    return linux;
  }

  @Override
  public void close() {
    vm.close();
  }
}
