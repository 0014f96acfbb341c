package org.vmi4j.os.linux.task;

import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.linux.fs.OpenFiles;
import org.vmi4j.os.linux.fs.Paths;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.mm.Regions;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** The members of an mm_struct that are read, and the readers of what belongs to a task. */
final class MemoryFields {
  final Field pgd;
  final Field argStart;
  final Field argEnd;
  final Field envStart;
  final Field envEnd;
  final Optional<Field> auxiliaryVector;
  final Regions regions;
  final OpenFiles files;

  MemoryFields(Kernel kernel, Memory memory) {
    Binder binder = kernel.profile().binder();
    pgd = binder.field("mm_struct", "pgd");
    argStart = binder.field("mm_struct", "arg_start");
    argEnd = binder.field("mm_struct", "arg_end");
    envStart = binder.field("mm_struct", "env_start");
    envEnd = binder.field("mm_struct", "env_end");
    auxiliaryVector = binder.optional("mm_struct", "saved_auxv");
    Paths paths = new Paths(memory, binder);
    regions = new Regions(kernel, memory, binder, paths);
    files = new OpenFiles(memory, binder, paths);
    binder.check();
  }
}
