package org.vmi4j.os.linux.task;

import java.util.Optional;
import org.vmi4j.api.Vm;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.Vcpus;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.os.linux.arch.CurrentTask;
import org.vmi4j.os.linux.arch.LinuxArch;
import org.vmi4j.os.linux.kernel.Kernel;

/** Finds the task that a processor executes, in the first way that the kernel offers. */
public final class CurrentTasks {
  private final CurrentTask shape;
  private final Optional<Vcpus> vcpus;
  private final Optional<PerCpuTask> perCpu;
  private final TableTask tables;

  /** Binds what is needed; what the profile lacks is done without. */
  public CurrentTasks(Vm vm, Kernel kernel, TaskReader tasks) {
    this.shape = LinuxArch.of(kernel.architecture()).orElseThrow().currentTask();
    this.vcpus = vm.find(Vcpus.class);
    this.perCpu = PerCpuTask.of(kernel, shape, vcpus.map(Vcpus::count).orElse(0));
    this.tables = new TableTask(tasks, shape);
  }

  /**
   * Returns the address of a task_struct; 0 if it cannot be told.
   *
   * @param registers the registers of the processor, or some of them
   * @param waiting whether the processor waits, so that the guest's memory is that of the same
   *     moment; if not, only what the registers hold is used
   */
  public long find(int vcpu, EventRegisters registers, boolean waiting) {
    try {
      long task = waiting ? current(vcpu, registers) : 0;
      return task != 0 ? task : tables.of(registers);
    } catch (MemoryFault e) {
      return 0;
    }
  }

  /**
   * Returns the address of the task_struct of the first thread that uses page tables; 0 if it
   * cannot be told.
   *
   * @param table a value of the register that holds their root
   */
  public long using(long table) {
    try {
      return tables.of(table);
    } catch (MemoryFault e) {
      return 0;
    }
  }

  private long current(int vcpu, EventRegisters registers) {
    boolean inRegister = shape.register().isPresent() && shape.inKernel().test(registers);
    if (inRegister && registers.has(shape.register().get())) {
      return registers.get(shape.register().get());
    }
    if (perCpu.isPresent()) {
      return perCpu.get().of(vcpu, registers);
    }
    return inRegister ? ofProcessor(vcpu, shape.register().get()) : 0;
  }

  private long ofProcessor(int vcpu, Register register) {
    if (vcpus.isEmpty() || vcpu >= vcpus.get().count()) {
      return 0;
    }
    try {
      RegisterValues values = vcpus.get().vcpu(vcpu).registers();
      return values.getOr(register, 0);
    } catch (VmiException e) {
      return 0;
    }
  }
}
