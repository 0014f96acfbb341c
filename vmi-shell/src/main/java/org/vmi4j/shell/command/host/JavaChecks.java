package org.vmi4j.shell.command.host;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.vmi4j.api.spi.Check;

/** Checks the Java platform that this program runs on. */
final class JavaChecks {
  /** The first release that restricts loading native libraries (JEP 472). */
  private static final int RESTRICTED_SINCE = 24;

  /** The modules with native libraries, where this program is on the module path. */
  private static final Set<String> NATIVE = Set.of("com.sun.jna", "com.github.luben.zstd_jni");

  private JavaChecks() {}

  static List<Check> examine() {
    return List.of(
        Check.ok("version", Runtime.version() + " of " + System.getProperty("java.vendor")),
        nativeAccess(Runtime.version().feature(), modules().allMatch(JavaChecks::isEnabled)));
  }

  /** Returns the check of native access for a Java release. */
  static Check nativeAccess(int release, boolean enabled) {
    String name = "native access";
    if (release < RESTRICTED_SINCE) {
      return Check.ok(name, "needs no flag before Java " + RESTRICTED_SINCE);
    }
    return enabled
        ? Check.ok(name, "given")
        : Check.warning(
            name,
            "not enabled: Java warns when JNA or zstd load their library, and later releases refuse",
            "enable it: --enable-native-access="
                + (JavaChecks.class.getModule().isNamed()
                    ? String.join(",", NATIVE)
                    : "ALL-UNNAMED"));
  }

  private static Stream<Module> modules() {
    Module own = JavaChecks.class.getModule();
    return own.isNamed()
        ? ModuleLayer.boot().modules().stream().filter(module -> NATIVE.contains(module.getName()))
        : Stream.of(own);
  }

  /** Module.isNativeAccessEnabled, which Java has since 22. */
  private static boolean isEnabled(Module module) {
    try {
      Method method = Module.class.getMethod("isNativeAccessEnabled");
      return (boolean) method.invoke(module);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a public method of Module cannot be called", e);
    }
  }
}
