package org.vmi4j.api.paging;

import java.util.ArrayList;
import java.util.List;

/** Decodes the flag bits of an entry, as words and as {@link Access}. Not used by reads. */
enum EntryFormat {
  /** Intel SDM volume 3A, tables 4-5 to 4-20. */
  X86 {
    @Override
    List<String> flagsOf(long entry, EntryKind kind) {
      Words words = new Words(entry);
      words.either(1, "writable", "read-only").either(2, "user", "supervisor");
      words.when(3, "write-through").when(4, "cache disabled").when(5, "accessed");
      if (kind.role() == EntryKind.Role.PAGE) {
        words.when(6, "dirty").when(8, "global").when(kind.pageShift() == 12 ? 7 : 12, "PAT");
      }
      return words.when(63, "no execute").list();
    }

    /** The four PDPT entries of PAE paging carry no rights; the tables below them do. */
    @Override
    Access access(PagingMode mode, long[] entries) {
      boolean pae = mode.entryBytes() == Long.BYTES && !mode.signExtended();
      long all = -1;
      long any = 0;
      for (int i = pae ? 1 : 0; i < entries.length; i++) {
        all &= entries[i];
        any |= entries[i];
      }
      boolean noExecute = mode.entryBytes() == Long.BYTES && bit(any, 63);
      return new Access(true, bit(all, 1), !noExecute, bit(all, 2));
    }
  },

  /** Intel SDM volume 3C, tables 28-1 to 28-6. */
  EPT {
    @Override
    List<String> flagsOf(long entry, EntryKind kind) {
      Words words = new Words(entry);
      words.either(0, "readable", "not readable").either(1, "writable", "not writable");
      words.either(2, "executable", "not executable").when(8, "accessed");
      if (kind.role() == EntryKind.Role.PAGE) {
        words.when(9, "dirty").when(6, "ignore PAT").add("memory type " + (entry >>> 3 & 7));
      }
      return words.when(63, "suppress #VE").list();
    }

    @Override
    Access access(PagingMode mode, long[] entries) {
      long all = -1;
      for (long entry : entries) {
        all &= entry;
      }
      return new Access(bit(all, 0), bit(all, 1), bit(all, 2), bit(all, 0));
    }
  },

  /** Arm ARM (DDI 0487), sections D8.3 and D8.4. */
  ARM_LONG {
    @Override
    List<String> flagsOf(long entry, EntryKind kind) {
      Words words = new Words(entry);
      if (kind.role() == EntryKind.Role.TABLE) {
        return words
            .when(59, "PXNTable")
            .when(60, "UXNTable")
            .when(61, "APTable: no user access")
            .when(62, "APTable: read-only")
            .when(63, "NSTable")
            .list();
      }
      words.either(7, "read-only", "writable").either(6, "user", "kernel");
      words.when(10, "accessed").when(11, "not global").when(51, "dirty bit modifier");
      words.when(52, "contiguous").when(53, "no kernel execute").when(54, "no user execute");
      return words.add("attribute " + (entry >>> 2 & 7)).list();
    }

    @Override
    Access access(PagingMode mode, long[] entries) {
      long page = entries[entries.length - 1];
      long tables = 0;
      for (int i = 0; i < entries.length - 1; i++) {
        tables |= entries[i];
      }
      boolean user = bit(page, 6) && !bit(tables, 61);
      boolean write = !bit(page, 7) && !bit(tables, 62);
      boolean execute = user ? !bit(page | tables >>> 6, 54) : !bit(page, 53) && !bit(tables, 59);
      return new Access(true, write, execute, user);
    }
  },

  /** Arm ARM (DDI 0487), section G5.4, with AP[2:0] (SCTLR.AFE clear). */
  ARM_SHORT {
    @Override
    List<String> flagsOf(long entry, EntryKind kind) {
      Words words = new Words(entry);
      if (kind.role() == EntryKind.Role.TABLE) {
        return words.when(2, "PXN").add("domain " + (entry >>> 5 & 15)).list();
      }
      Access access = permissions(entry, kind);
      words.add(access.write() ? "writable" : "read-only").add(access.user() ? "user" : "kernel");
      return words.add(access.execute() ? "executable" : "no execute").list();
    }

    @Override
    Access access(PagingMode mode, long[] entries) {
      long last = entries[entries.length - 1];
      return permissions(last, mode.levels().get(entries.length - 1).kind(last));
    }

    private static Access permissions(long entry, EntryKind kind) {
      boolean section = kind.pageShift() >= 20;
      int ap =
          section
              ? (int) (entry >>> 10 & 3 | entry >>> 13 & 4)
              : (int) (entry >>> 4 & 3 | entry >>> 7 & 4);
      int xn = section ? 4 : kind.pageShift() == 16 ? 15 : 0;
      boolean user = ap == 2 || ap == 3 || ap == 6 || ap == 7;
      return new Access(ap != 0, ap >= 1 && ap <= 3, !bit(entry, xn), user);
    }
  };

  /** Describes the bits of a present entry in words. */
  abstract List<String> flagsOf(long entry, EntryKind kind);

  /**
   * Combines the rights of the entries of a finished walk.
   *
   * @param entries all of them, from the top table to the page
   */
  abstract Access access(PagingMode mode, long[] entries);

  /** Describes the bits of an entry in words, present or not. */
  final List<String> flags(long entry, EntryKind kind) {
    return switch (kind.role()) {
      case NOT_PRESENT -> List.of("not present");
      case RESERVED -> List.of("reserved");
      default -> {
        List<String> flags = new ArrayList<>();
        flags.add(kind.role() == EntryKind.Role.TABLE ? "table" : pageName(kind.pageShift()));
        flags.addAll(flagsOf(entry, kind));
        if ((entry & kind.reserved()) != 0) {
          flags.add("reserved bits 0x" + Long.toHexString(entry & kind.reserved()));
        }
        yield flags;
      }
    };
  }

  private static String pageName(int shift) {
    return shift >= 30
        ? (1L << shift - 30) + " GiB page"
        : shift >= 20 ? (1 << shift - 20) + " MiB page" : (1 << shift - 10) + " KiB page";
  }

  private static boolean bit(long value, int number) {
    return (value >>> number & 1) != 0;
  }

  /** Collects the words that describe the bits of an entry. */
  private static final class Words {
    private final long entry;
    private final List<String> list = new ArrayList<>();

    Words(long entry) {
      this.entry = entry;
    }

    Words when(int number, String word) {
      return bit(entry, number) ? add(word) : this;
    }

    Words either(int number, String set, String clear) {
      return add(bit(entry, number) ? set : clear);
    }

    Words add(String word) {
      list.add(word);
      return this;
    }

    List<String> list() {
      return list;
    }
  }
}
