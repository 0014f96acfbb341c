package org.vmi4j.os.linux.arch;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * How an architecture saves the user-mode registers of a thread while it is in the kernel: in a
 * struct pt_regs at the top of the kernel stack (task_pt_regs in asm/processor.h).
 *
 * @param leastStack the size of a kernel stack in bytes; where a page is larger, it is one page
 * @param paddings the possible gaps between struct pt_regs and the top of the stack, in bytes
 * @param others the members of task_struct that hold the thread's other registers
 * @param inProgram tests whether registers are those of user mode
 */
public record SavedRegisters(
    int leastStack,
    List<Integer> paddings,
    Map<Register, String> others,
    Predicate<RegisterValues> inProgram) {}
