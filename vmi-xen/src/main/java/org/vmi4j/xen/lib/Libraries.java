package org.vmi4j.xen.lib;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xenabi.XenRelease;

/**
 * Finds Xen's libraries and binds classes of native methods to them. What is missing is named with
 * the package that brings it.
 */
public final class Libraries {
  /**
   * The newest release whose libxenctrl is looked for when the hypervisor does not report its own.
   */
  private static final int NEWEST_MINOR = 23;

  private static final int OLDEST_MINOR = 8;

  private static final String PROCESS = "the libraries of every process";

  /**
   * What each class is bound to: a binding holds for the whole process. It is made anew only for a
   * library of another name, as in tests, since another thread may be in one of its methods.
   */
  private static final Map<Class<?>, Loaded> BOUND = new HashMap<>();

  /** A library by the name that found it: JNA may give two objects for one. */
  private record Loaded(String name, NativeLibrary library) {}

  private final XenHost host;

  /**
   * Where a library comes from.
   *
   * @param name what it was asked for by
   * @param file the file that is mapped, links followed; empty if unknown
   */
  public record Origin(String name, String file) {
    @Override
    public String toString() {
      return Path.of(name).getFileName() + (file.isEmpty() ? "" : " from " + file);
    }
  }

  /**
   * Prepares to find libraries.
   *
   * @throws VmiException if JNA itself does not work
   */
  public Libraries(XenHost host) {
    Jna.require();
    this.host = host;
  }

  /**
   * Binds a class of static native methods to libxenctrl. It has no stable interface, so the one of
   * the hypervisor's own release comes first.
   */
  void bindControl(Class<?> type) {
    List<String> names = new ArrayList<>();
    host.release().ifPresent(release -> addControl(names, release));
    names.add("libxenctrl.so");
    for (int minor = NEWEST_MINOR; minor >= OLDEST_MINOR; minor--) {
      addControl(names, new XenRelease(4, minor));
    }
    String brings = host.release().map(release -> "libxenmisc" + release).orElse("libxenmisc4.17");
    bind(type, brings, names);
  }

  private static void addControl(List<String> names, XenRelease release) {
    names.add("libxenctrl.so." + release);
    names.add("libxenctrl-" + release + ".so");
  }

  /**
   * Binds a class of static native methods to a library.
   *
   * @param brings the Debian package that has the library
   * @param names the names of its file, the best first
   * @return false if it was bound to it already
   */
  public boolean bind(Class<?> type, String brings, List<String> names) {
    return bind(type, load(brings, names));
  }

  /**
   * Binds a class of static native methods to what every process has loaded: the C library.
   *
   * @return false if it was bound to it already
   */
  boolean bindProcess(Class<?> type) {
    return bind(type, new Loaded(PROCESS, NativeLibrary.getProcess()));
  }

  private static boolean bind(Class<?> type, Loaded loaded) {
    synchronized (BOUND) {
      Loaded before = BOUND.get(type);
      if (before != null && before.name().equals(loaded.name())) {
        return false;
      }
      checkSymbols(type, loaded.library());
      if (before != null) {
        Native.unregister(type);
      }
      Native.register(type, loaded.library());
      BOUND.put(type, loaded);
      return true;
    }
  }

  /** Where the library of a class comes from that was bound. */
  public static Origin origin(Class<?> type) {
    synchronized (BOUND) {
      Loaded loaded = BOUND.get(type);
      String function =
          Arrays.stream(type.getDeclaredMethods())
              .filter(method -> Modifier.isNative(method.getModifiers()))
              .map(Method::getName)
              .findFirst()
              .orElseThrow();
      long address = Pointer.nativeValue(loaded.library().getFunction(function));
      return new Origin(loaded.name(), mappedAt(address));
    }
  }

  /** The file that is mapped at an address, by {@code /proc/self/maps} as proc(5) describes it. */
  private static String mappedAt(long address) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines
          .map(line -> line.split(" +", 6))
          .filter(words -> words.length == 6 && holds(words[0], address))
          .map(words -> words[5])
          .findFirst()
          .orElse("");
    } catch (IOException | UncheckedIOException e) {
      return "";
    }
  }

  private static boolean holds(String range, long address) {
    int dash = range.indexOf('-');
    return Long.compareUnsigned(address, Long.parseUnsignedLong(range, 0, dash, 16)) >= 0
        && Long.compareUnsigned(
                address, Long.parseUnsignedLong(range, dash + 1, range.length(), 16))
            < 0;
  }

  private Loaded load(String brings, List<String> names) {
    String why = "";
    for (String name : names) {
      String path = host.libraries().map(folder -> folder.resolve(name).toString()).orElse(name);
      if (host.libraries().isPresent() && !Files.exists(Path.of(path))) {
        continue;
      }
      try {
        return new Loaded(path, NativeLibrary.getInstance(path));
      } catch (UnsatisfiedLinkError e) {
        // A library that is there and lacks another one says more than one that is not there.
        String reason = reason(e);
        if (why.isEmpty() || !reason.startsWith(name + ": cannot open")) {
          why = ": " + reason;
        }
      }
    }
    throw new VmiException(
        "cannot load "
            + names.get(0)
            + host.libraries().map(folder -> " from " + folder).orElse("")
            + why
            + "; install Xen's libraries (on Debian: apt-get install "
            + brings
            + ")");
  }

  /** The dynamic linker's message, which JNA appends to a line of its own. */
  private static String reason(UnsatisfiedLinkError e) {
    List<String> lines = String.valueOf(e.getMessage()).lines().toList();
    return lines.get(Math.min(1, lines.size() - 1));
  }

  private static void checkSymbols(Class<?> type, NativeLibrary library) {
    for (Method method : type.getDeclaredMethods()) {
      if (Modifier.isNative(method.getModifiers())) {
        try {
          library.getFunction(method.getName());
        } catch (UnsatisfiedLinkError e) {
          Since since = method.getAnnotation(Since.class);
          throw new VmiException(
              library.getFile()
                  + " has no function "
                  + method.getName()
                  + (since == null
                      ? ""
                      : ", which the libraries of Xen have since " + since.value())
                  + "; install the libraries of the Xen that runs here",
              e);
        }
      }
    }
  }
}
