package org.vmi4j.os.linux.syscall;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Symbols;

/**
 * What the kernel itself describes of its calls, for its tracer: a struct syscall_metadata for each
 * (include/trace/syscall.h), in kernels built with CONFIG_FTRACE_SYSCALLS.
 */
final class Metadata {
  private static final String SYMBOL = "__syscall_meta__";
  private static final int MOST = 6;
  private static final int MAX_TEXT = 256;

  private final Memory memory;
  private final Symbols symbols;
  private final Optional<Field> count;
  private final Optional<Field> types;
  private final Optional<Field> names;

  Metadata(Kernel kernel) {
    memory = kernel.addressSpace();
    symbols = kernel.profile().symbols();
    Binder binder = kernel.profile().binder();
    count = binder.optional("syscall_metadata", "nb_args");
    types = binder.optional("syscall_metadata", "types");
    names = binder.optional("syscall_metadata", "args");
  }

  /** Returns whether a call is described. */
  boolean has(String function) {
    return symbols.address(SYMBOL + function).isPresent();
  }

  /** Returns the parameters of a call; empty if they are not described or damaged. */
  Optional<List<Parameter>> parameters(String function) {
    OptionalLong at = symbols.address(SYMBOL + function);
    if (at.isEmpty() || count.isEmpty() || types.isEmpty() || names.isEmpty()) {
      return Optional.empty();
    }
    try {
      return read(at.getAsLong());
    } catch (MemoryFault e) {
      return Optional.empty();
    }
  }

  private Optional<List<Parameter>> read(long at) {
    long number = count.get().read(memory, at);
    if (number < 0 || number > MOST) {
      return Optional.empty();
    }
    List<Parameter> found = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      found.add(new Parameter(text(names.get(), at, i), type(text(types.get(), at, i))));
    }
    return Optional.of(found);
  }

  private String text(Field array, long at, int index) {
    int word = memory.pointerSize();
    long text = memory.readPointer(array.read(memory, at) + (long) index * word);
    return memory.readString(text, MAX_TEXT);
  }

  /** A type without what the kernel's checkers add to it. */
  private static String type(String text) {
    return text.replaceAll("__attribute__\\(\\(.*?\\)\\)+|__user\\b", "")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
