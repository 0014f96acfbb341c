package org.vmi4j.os.linux.syscall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.VmiException;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.arch.SystemCallShape;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Symbol;

/**
 * The system calls of a kernel: every function that its symbols name as one, so that numbers of
 * calls and the way in which the kernel dispatches them do not matter. The parameters are those
 * that the kernel describes for its own tracer (CONFIG_FTRACE_SYSCALLS); those of common calls are
 * known without.
 */
public final class SystemCalls {
  /** What the kernel does for the numbers of calls that it was built without. */
  private static final String NOT_IMPLEMENTED = "ni_syscall";

  private final List<SystemCallFunction> functions;

  private SystemCalls(List<SystemCallFunction> functions) {
    this.functions = functions;
  }

  /** A function of which one symbol is known. */
  private record Named(String symbol, String function, List<Architecture> programs) {}

  /**
   * Finds the calls of a kernel.
   *
   * @throws VmiException if its symbols name none
   */
  public static SystemCalls of(Kernel kernel) {
    SystemCallShape shape = LinuxArch.of(kernel.architecture()).orElseThrow().systemCalls();
    Map<Long, List<Named>> found = new TreeMap<>(Long::compareUnsigned);
    shape
        .prefixes()
        .forEach(
            (prefix, programs) ->
                kernel
                    .profile()
                    .symbols()
                    .withPrefix(prefix)
                    .forEach(symbol -> add(found, symbol, prefix, programs)));
    if (found.isEmpty()) {
      throw new VmiException(
          "the symbols of Linux "
              + kernel.release()
              + " name no functions of system calls ("
              + String.join(", ", shape.prefixes().keySet())
              + "): kernels before 4.17 have none of that kind");
    }
    Metadata metadata = new Metadata(kernel);
    List<SystemCallFunction> functions = new ArrayList<>();
    found.forEach((address, named) -> functions.add(function(address, named, metadata)));
    return new SystemCalls(List.copyOf(functions));
  }

  private static void add(
      Map<Long, List<Named>> found, Symbol symbol, String prefix, List<Architecture> programs) {
    if (symbol.name().indexOf('.') >= 0) {
      // A part that the compiler split off, as ".cold"; it is not called.
      return;
    }
    found
        .computeIfAbsent(symbol.address(), at -> new ArrayList<>())
        .add(new Named(symbol.name(), symbol.name().substring(prefix.length()), programs));
  }

  private static SystemCallFunction function(long address, List<Named> named, Metadata metadata) {
    String function = best(named, metadata);
    Set<Architecture> programs = EnumSet.noneOf(Architecture.class);
    named.forEach(each -> programs.addAll(each.programs()));
    String name = CallNames.of(function);
    Optional<List<Parameter>> parameters =
        metadata.parameters(function).or(() -> CommonCalls.parameters(function));
    if (!CallNames.isOfNarrow(function)) {
      parameters =
          parameters
              .or(() -> CommonCalls.parameters(name))
              .or(() -> metadata.parameters(CallNames.withoutWidthOfTime(name)));
    }
    List<String> symbols = named.stream().map(Named::symbol).sorted().toList();
    return new SystemCallFunction(address, name, symbols, programs, parameters);
  }

  /**
   * The name of a function that has several: calls that a kernel lacks share one function, and some
   * have an older name, too.
   */
  private static String best(List<Named> named, Metadata metadata) {
    Predicate<String> lacking = NOT_IMPLEMENTED::equals;
    return named.stream()
        .map(Named::function)
        .min(
            Comparator.comparing((String name) -> !lacking.test(name))
                .thenComparing(name -> !metadata.has(name))
                .thenComparing(String::length)
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  /** Returns all functions, by address. */
  public List<SystemCallFunction> functions() {
    return functions;
  }

  /**
   * Returns the functions of a call.
   *
   * @param name its name, as the manual has it or as the kernel's functions have it: {@code "stat"}
   *     or {@code "newstat"}
   */
  public List<SystemCallFunction> named(String name) {
    List<SystemCallFunction> exact = exactly(name);
    return exact.isEmpty() ? exactly(CallNames.of(name)) : exact;
  }

  private List<SystemCallFunction> exactly(String name) {
    return functions.stream().filter(function -> function.name().equals(name)).toList();
  }

  /** Returns the names of all calls, sorted. */
  public List<String> names() {
    return functions.stream().map(SystemCallFunction::name).distinct().sorted().toList();
  }
}
