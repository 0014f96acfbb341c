package org.vmi4j.os.linux;

import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.Lookup;
import org.vmi4j.os.Listing;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** What hangs on a task: its memory and its files. Bound when first asked for. */
final class ProcessDetails {
  private static final int PAIR = 2 * Long.BYTES;

  /** Half of AT_VECTOR_SIZE of Linux 6, rounded up. */
  private static final int MAX_PAIRS = 32;

  private final Kernel kernel;
  private Bound bound;

  ProcessDetails(Kernel kernel) {
    this.kernel = kernel;
  }

  /** A range of addresses, the end not included. */
  record Range(long start, long end) {}

  private static final class Bound {
    final Field pgd;
    final Field argStart;
    final Field argEnd;
    final Field envStart;
    final Field envEnd;
    final Optional<Field> auxiliaryVector;
    final Regions regions;
    final OpenFiles files;

    Bound(Kernel kernel) {
      Binder binder = kernel.profile().binder();
      pgd = binder.field("mm_struct", "pgd");
      argStart = binder.field("mm_struct", "arg_start");
      argEnd = binder.field("mm_struct", "arg_end");
      envStart = binder.field("mm_struct", "env_start");
      envEnd = binder.field("mm_struct", "env_end");
      auxiliaryVector = binder.optional("mm_struct", "saved_auxv");
      Paths paths = new Paths(kernel, binder);
      regions = new Regions(kernel, binder, paths);
      files = new OpenFiles(kernel, binder, paths);
      binder.check();
    }
  }

  private synchronized Bound bound() {
    if (bound == null) {
      bound = new Bound(kernel);
    }
    return bound;
  }

  /** The physical address of the top page table of an mm_struct. */
  long root(long mm) {
    AddressSpace space = kernel.addressSpace();
    long pgd = bound().pgd.read(space, mm);
    long lookup = space.lookup(pgd);
    if (!Lookup.isMapped(lookup)) {
      throw new VmiException(
          "the page table of the mm_struct at 0x"
              + Long.toHexString(mm)
              + " would be at 0x"
              + Long.toHexString(pgd)
              + ", which is not mapped");
    }
    return Lookup.physical(lookup);
  }

  Range arguments(long mm) {
    Bound fields = bound();
    return new Range(
        fields.argStart.read(kernel.addressSpace(), mm),
        fields.argEnd.read(kernel.addressSpace(), mm));
  }

  Range environment(long mm) {
    Bound fields = bound();
    return new Range(
        fields.envStart.read(kernel.addressSpace(), mm),
        fields.envEnd.read(kernel.addressSpace(), mm));
  }

  /** Pairs of longs, up to the one of zeros. */
  byte[] auxiliaryVector(long mm) {
    Optional<Field> field = bound().auxiliaryVector;
    if (field.isEmpty()) {
      return new byte[0];
    }
    int pairs = 0;
    long at = mm + field.get().offset();
    while (pairs < MAX_PAIRS && kernel.addressSpace().readLong(at + (long) pairs * PAIR) != 0) {
      pairs++;
    }
    return kernel.addressSpace().readBytes(at, (pairs + 1) * PAIR);
  }

  Listing<MemoryRegion> regions(long mm) {
    return bound().regions.list(mm);
  }

  Listing<OpenFile> files(long task) {
    return bound().files.list(task);
  }
}
