package org.vmi4j.os.linux.arch;

import java.util.List;
import java.util.Map;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Register;

/**
 * How an architecture enters the functions of system calls, each of which has the address of a
 * struct pt_regs as its only argument (arch/x86/include/asm/syscall_wrapper.h and its namesake of
 * arm64; since Linux 4.17 and 4.19).
 *
 * @param prefixes the prefixes of the functions' names, each with the programs that call them
 * @param arguments the members of struct pt_regs that hold the arguments of a program
 * @param registers the register that holds the address of struct pt_regs at the first instruction
 * @param result the register that holds the result after the return
 * @param narrow marks a call of a 32-bit program, where the function serves both
 */
public record SystemCallShape(
    Map<String, List<Architecture>> prefixes,
    Map<Architecture, List<String>> arguments,
    Register registers,
    Register result,
    Mark narrow) {

  /** Where an architecture keeps whether a call is one of a 32-bit program. */
  public enum Place {
    /** In the task's task_struct. */
    TASK("task_struct"),
    /** In the registers of the call. */
    REGISTERS("pt_regs");

    private final String type;

    Place(String type) {
      this.type = type;
    }

    /** Returns the name of the structure. */
    public String type() {
      return type;
    }
  }

  /**
   * Bits that are set during a call of a 32-bit program.
   *
   * @param place the structure that has them
   * @param path the member of it
   * @param bits the bits
   */
  public record Mark(Place place, String path, long bits) {}
}
