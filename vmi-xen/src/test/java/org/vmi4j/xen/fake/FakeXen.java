package org.vmi4j.xen.fake;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;

/**
 * A host with Xen that does not exist: a folder with the files of {@code /sys} and {@code /dev},
 * and a stand-in for Xen's libraries, compiled with gcc in the form that a release has them. The
 * driver for {@code xen:} uses it by its system properties, over the same native interface as a
 * real one.
 */
public final class FakeXen {
  public static final int DYING = 1;
  public static final int HVM = 1 << 1;
  public static final int SHUT_DOWN = 1 << 2;
  public static final int PAUSED = 1 << 3;
  public static final int BLOCKED = 1 << 4;
  public static final int RUNNING = 1 << 5;
  public static final int LAPIC = 1;
  public static final int FULL_PC = 0x1ff;

  private static final List<String> SOURCES = List.of("fakexen.h", "fakexen.c", "fakeevents.c");

  /** Where the driver looks for the files of a host and for Xen's libraries. */
  private static final String ROOT_PROPERTY = "vmi4j.xen.root";

  /** Where vmi4j keeps the journals of what it does to domains. */
  private static final String STATE_PROPERTY = "vmi4j.state";

  private static final String LIBRARIES_PROPERTY = "vmi4j.xen.libraries";

  private final Path folder;
  private final int major;
  private final int minor;
  private NativeLibrary loaded;

  private FakeXen(Path folder, int major, int minor) {
    this.folder = folder;
    this.major = major;
    this.minor = minor;
  }

  /**
   * Compiles the libraries of a release.
   *
   * @param folder an empty folder
   * @param definitions further arguments for the compiler
   */
  public static FakeXen of(Path folder, int major, int minor, String... definitions)
      throws IOException, InterruptedException {
    FakeXen fake = new FakeXen(folder, major, minor);
    Path version = Files.createDirectories(folder.resolve("root/sys/hypervisor/version"));
    Files.writeString(version.resolve("major"), major + "\n");
    Files.writeString(version.resolve("minor"), minor + "\n");
    for (String device : List.of("dev/xen/privcmd", "dev/xen/xenbus", "dev/xen/evtchn")) {
      Path file = folder.resolve("root").resolve(device);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "");
    }
    System.setProperty(STATE_PROPERTY, folder.resolve("state").toString());
    fake.compile(definitions);
    return fake;
  }

  /**
   * Starts a domain.
   *
   * @param flags {@code XEN_DOMINF_*} of {@code domctl.h}
   * @param emulation {@code XEN_X86_EMU_*}
   * @param memory the file whose pages are its frames
   * @param lastFrame the last frame number that Xen tells of
   */
  public FakeXen domain(
      int id, String name, UUID uuid, int flags, int emulation, Path memory, long lastFrame) {
    byte[] handle =
        ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
    call("fake_domain", id, name, handle, flags, emulation, 2, memory.toString(), lastFrame);
    return this;
  }

  /** Starts a PVH domain that runs. */
  public FakeXen domain(int id, String name, Path memory, long lastFrame) {
    return domain(id, name, uuid(id), HVM | RUNNING, LAPIC, memory, lastFrame);
  }

  public static UUID uuid(int id) {
    return new UUID(0x0123_4567_89ab_cdefL, id);
  }

  /** Names the frame of the page that a domain shares with Xen. */
  public void sharedInfo(int id, long frame) {
    call("fake_shared_info", id, frame);
  }

  /** Takes frames away from a domain. */
  public void balloonOut(int id, long first, long last) {
    call("fake_hole", id, first, last, 1);
  }

  /** Gives frames back that were taken away together. */
  public void balloonIn(int id, long first, long last) {
    call("fake_hole", id, first, last, 0);
  }

  /** Ends a domain: it stays as dying until its last page is let go, or goes at once. */
  public void destroy(int id, boolean atOnce) {
    call("fake_destroy", id, atOnce ? 1 : 0);
  }

  /** Makes the next calls of a function fail. */
  public void fail(String function, int errno, int times) {
    call("fake_fail", function, errno, times);
  }

  /** Gives the hypervisor Flask, which enforces its policy (1) or does not (0). */
  public void flask(int mode) {
    call("fake_flask", mode);
  }

  /** How many handles of the libraries are open. */
  public long handles() {
    return ask("fake_handles");
  }

  /** How many mappings there were at most since this was last asked. */
  public long mostMapped() {
    return ask("fake_most_mapped");
  }

  /** How many calls there were to map something. */
  public long mapCalls() {
    return ask("fake_map_calls");
  }

  /** Over how many pages the caches were written back. */
  public long flushed() {
    return ask("fake_flushed");
  }

  /** How many pages the hypervisor was told to be written. */
  public long reported() {
    return ask("fake_reported");
  }

  /** How many pauses a domain is under. */
  public long pauses(int id) {
    return fakes().getFunction("fake_pauses").invokeLong(new Object[] {id});
  }

  public void pauseByAnother(int id) {
    call("xc_domain_pause", Pointer.NULL, id);
  }

  /** Takes a processor down, as a guest does with one that it does not want. */
  public void takeDown(int id, int vcpu) {
    call("fake_down", id, vcpu);
  }

  /** Sets how many bytes a word of a paravirtual guest has. */
  public void width(int id, int bytes) {
    call("fake_width", id, bytes);
  }

  /** Sets 64 bits of the record in which Xen saves a processor, {@code struct hvm_hw_cpu}. */
  public void saved(int id, int vcpu, int offset, long value) {
    call("fake_saved", id, vcpu, offset, value);
  }

  /** Sets 64 bits of the context of a processor, {@code struct vcpu_guest_context}. */
  public void context(int id, int vcpu, int offset, long value) {
    call("fake_context", id, vcpu, offset, value);
  }

  /** How many processors of a domain are not down. */
  public long online(int id) {
    return fakes().getFunction("fake_online").invokeLong(new Object[] {id});
  }

  /** How many times registers were set of a domain that was not paused. */
  public long unpausedWrites() {
    return ask("fake_unpaused_writes");
  }

  /** The events of a domain. */
  public FakeEvents events(int id) {
    return new FakeEvents(fakes(), id);
  }

  private void call(String function, Object... arguments) {
    fakes().getFunction(function).invokeVoid(arguments);
  }

  private long ask(String function) {
    return fakes().getFunction(function).invokeLong(new Object[0]);
  }

  /** The library is kept: when JNA unloads it, the domains in it are gone. */
  private NativeLibrary fakes() {
    if (loaded == null) {
      loaded =
          NativeLibrary.getInstance(libraries().resolve("libxenforeignmemory.so.1").toString());
    }
    return loaded;
  }

  /** Opens a machine as if this JVM ran in the control domain of this host. */
  public Vm open(String uri) {
    String root = System.setProperty(ROOT_PROPERTY, root().toString());
    String libraries = System.setProperty(LIBRARIES_PROPERTY, libraries().toString());
    try {
      return Vmi.open(uri);
    } finally {
      restore(ROOT_PROPERTY, root);
      restore(LIBRARIES_PROPERTY, libraries);
    }
  }

  private static void restore(String property, String before) {
    if (before == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, before);
    }
  }

  /** The root of the file system of this host, with the files of {@code /sys} and {@code /dev}. */
  public Path root() {
    return folder.resolve("root");
  }

  /** The folder with the libraries, from which a test may take one away. */
  public Path libraries() {
    return folder.resolve("lib");
  }

  private boolean isAtLeast(int other) {
    return major > 4 || minor >= other;
  }

  private void compile(String... definitions) throws IOException, InterruptedException {
    Files.createDirectories(libraries());
    Path object = libraries().resolve("fakexen.so");
    for (String source : SOURCES) {
      try (InputStream in = FakeXen.class.getResourceAsStream(source)) {
        Files.copy(in, folder.resolve(source));
      }
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "gcc", "-shared", "-fPIC", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"));
    // JNA loads libraries with RTLD_GLOBAL: without this one would use the state of another.
    command.add("-Wl,-Bsymbolic");
    command.add("-DRELEASE=" + (major * 100 + minor));
    command.addAll(List.of(definitions));
    command.addAll(List.of("-o", object.toString()));
    SOURCES.stream()
        .filter(source -> source.endsWith(".c"))
        .forEach(source -> command.add(folder.resolve(source).toString()));
    run(command);
    for (String name :
        List.of(
            "libxenforeignmemory.so.1",
            "libxencall.so.1",
            "libxendevicemodel.so.1",
            "libxenevtchn.so.1",
            "libxentoolcore.so.1",
            isAtLeast(16) ? "libxenstore.so.4" : "libxenstore.so.3.0",
            isAtLeast(11)
                ? "libxenctrl.so." + major + "." + minor
                : "libxenctrl-" + major + "." + minor + ".so")) {
      Files.createSymbolicLink(libraries().resolve(name), Path.of("fakexen.so"));
    }
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process compiler;
    try {
      compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException("gcc is missing; install it: apt-get install gcc libc6-dev", e);
    }
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (compiler.waitFor() != 0) {
      throw new IOException("the stand-in for Xen's libraries does not compile: " + said);
    }
  }
}
