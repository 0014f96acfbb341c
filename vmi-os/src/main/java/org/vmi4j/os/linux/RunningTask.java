package org.vmi4j.os.linux;

/**
 * The task that a processor executes, as it was at one moment.
 *
 * @param address the virtual address of its task_struct; {@link Linux#thread} tells more of it
 * @param id its thread ID; 0 for the idle task of a processor
 * @param name its name, at most 15 bytes
 * @param processId the process ID of the process that it belongs to
 * @param processName the name of the first thread of that process
 */
public record RunningTask(long address, int id, String name, int processId, String processName) {}
