package org.vmi4j.os.linux.syscall;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.vmi4j.api.Architecture;

/**
 * The kernel's function of a system call. Some calls have several: one for each kind of program.
 *
 * @param address the address of its first instruction
 * @param name the name of the call: {@code "openat"}
 * @param symbols the symbols of the function, of which the name is made
 * @param programs the architectures of the programs that call it; usually one
 * @param parameters its parameters; empty if the guest does not describe them and the call is not a
 *     common one
 */
public record SystemCallFunction(
    long address,
    String name,
    List<String> symbols,
    Set<Architecture> programs,
    Optional<List<Parameter>> parameters) {

  public SystemCallFunction {
    symbols = List.copyOf(symbols);
    programs = Set.copyOf(programs);
    parameters = parameters.map(List::copyOf);
  }
}
