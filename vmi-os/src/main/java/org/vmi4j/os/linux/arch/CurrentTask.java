package org.vmi4j.os.linux.arch;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.event.EventRegisters;

/**
 * How an architecture keeps the task that a processor executes, which the kernel calls {@code
 * current}.
 *
 * @param register the register that holds the address of its task_struct in kernel mode, if one
 *     does
 * @param variables the per-CPU variables that hold the address, of which a kernel has one: a
 *     symbol, or a symbol and a member of its structure
 * @param bases the registers of which one holds the address of the per-CPU variables, the one of
 *     kernel mode first; none if no known register does
 * @param table the register that holds the root of the page tables of a process
 * @param rootMask the bits of that register that are the root
 * @param userTable the bit that is set in the root while a program runs, with page-table isolation;
 *     0 if there is none
 * @param inKernel tests whether a processor executes the kernel
 */
public record CurrentTask(
    Optional<Register> register,
    List<String> variables,
    List<Register> bases,
    Register table,
    long rootMask,
    long userTable,
    Predicate<EventRegisters> inKernel) {}
