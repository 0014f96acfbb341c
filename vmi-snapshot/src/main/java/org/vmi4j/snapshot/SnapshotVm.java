package org.vmi4j.snapshot;

import java.nio.file.Path;
import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.Capability;
import org.vmi4j.api.Vm;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.lifecycle.Teardown;
import org.vmi4j.api.lifecycle.Teardown.Stage;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.snapshot.image.Image;

/** A memory image as a machine that does not run. */
final class SnapshotVm implements Vm {
  private final String uri;
  private final Path path;
  private final String description;
  private final Image image;
  private final PhysicalMemory memory;
  private final Vcpus vcpus;
  private final Teardown teardown;

  SnapshotVm(String uri, Path path, String description, Image image, ImageSource source) {
    this.uri = uri;
    this.path = path;
    this.description = description;
    this.image = image;
    this.memory =
        new PhysicalMemory(
            source, image.architecture().map(Architecture::pointerSize).orElse(Long.BYTES));
    this.vcpus = Vcpus.recorded(image.vcpus());
    this.teardown = new Teardown("the image " + path, Stage.GUESTS);
    teardown.own(memory::close);
  }

  @Override
  public String name() {
    return path.getFileName().toString();
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public boolean isLive() {
    return false;
  }

  @Override
  public Optional<Architecture> architecture() {
    return image.architecture();
  }

  @Override
  public PhysicalMemory physicalMemory() {
    return memory;
  }

  @Override
  public Teardown teardown() {
    return teardown;
  }

  @Override
  public <C extends Capability> Optional<C> find(Class<C> type) {
    return type == Vcpus.class && !image.vcpus().isEmpty()
        ? Optional.of(type.cast(vcpus))
        : Optional.empty();
  }

  @Override
  public void close() {
    teardown.close();
  }
}
