package org.vmi4j.os.linux.arch;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;

/**
 * How an architecture saves the registers of a program while it is in the kernel: in a struct
 * pt_regs at the top of the thread's kernel stack (task_pt_regs in asm/processor.h).
 *
 * @param leastStack the size of a kernel stack in bytes; where a page is larger, it is one page
 * @param paddings what may be kept free between struct pt_regs and the top of the stack, in bytes
 * @param bases where a thread's other registers are in its task_struct
 * @param inProgram tells the registers of a program from those of the kernel, or from rubbish
 */
public record SavedRegisters(
    int leastStack,
    List<Integer> paddings,
    Map<Register, String> bases,
    Predicate<RegisterValues> inProgram) {}
