package org.vmi4j.os.linux.fs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.api.memory.MemoryFault;
import org.vmi4j.api.memory.ReadAhead;
import org.vmi4j.os.Budget;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Span;

/**
 * The path of a file, composed from its directory entries and mounts by the rules of fs/d_path.c.
 */
public final class Paths {
  /** PATH_MAX of include/uapi/linux/limits.h. A longer path is shown from its end. */
  private static final int MAX_PATH = 4096;

  /** The most components that a path of that length can have. */
  private static final int MAX_PARTS = MAX_PATH / 2;

  private static final int MAX_NAME = 255;
  private static final int MAX_NAMESPACE_NAME = 32;
  private static final long PIPES = 0x5049_5045;
  private static final long SOCKETS = 0x534f_434b;
  private static final long ANONYMOUS = 0x0904_1934;
  private static final long NAMESPACES = 0x6e73_6673;
  private static final long PIDS = 0x5049_4446;

  /**
   * FMODE_BACKING of include/linux/fs.h, which marks a file that is part of a struct backing_file:
   * bit 25, and since Linux 6.14 and in some stable kernels before bit 24. Each bit has another
   * meaning in the other kernels.
   */
  private static final long MAYBE_BACKING = 3 << 24;

  private final Memory memory;
  private final Field mnt;
  private final Field dentry;
  private final Field parent;
  private final Field name;
  private final Field nameLength;
  private final Field unhashed;
  private final Field inode;
  private final Field number;
  private final Field superblock;
  private final Field magic;
  private final Field embedded;
  private final Field mountParent;
  private final Field mountPoint;
  private final Field mountRoot;
  private final Field mountSuperblock;
  final Field filePath;
  final Field fileMode;
  private final Optional<Field> userPath;
  private final Field inodePrivate;
  private final Optional<Field> namespaceOperations;
  private final Optional<Field> namespaceName;
  private final Span ofFile;
  private final Span ofEntry;
  private final Span ofMount;

  /**
   * Binds the members of files, entries and mounts.
   *
   * @param memory the kernel's memory
   * @param binder finds the members, and collects those that the profile lacks
   */
  public Paths(Memory memory, Binder binder) {
    this.memory = memory;
    mnt = binder.field("path", "mnt");
    dentry = binder.field("path", "dentry");
    parent = binder.field("dentry", "d_parent");
    name = binder.field("dentry", "d_name.name");
    nameLength = binder.field("dentry", "d_name.len");
    unhashed = binder.field("dentry", "d_hash.pprev");
    inode = binder.field("dentry", "d_inode");
    number = binder.field("inode", "i_ino");
    superblock = binder.field("dentry", "d_sb");
    magic = binder.field("super_block", "s_magic");
    embedded = binder.field("mount", "mnt");
    mountParent = binder.field("mount", "mnt_parent");
    mountPoint = binder.field("mount", "mnt_mountpoint");
    mountRoot = binder.field("vfsmount", "mnt_root");
    mountSuperblock = binder.field("vfsmount", "mnt_sb");
    filePath = binder.field("file", "f_path");
    fileMode = binder.field("file", "f_mode");
    userPath = binder.optional("backing_file", "user_path");
    inodePrivate = binder.field("inode", "i_private");
    namespaceOperations = binder.optional("ns_common", "ops");
    namespaceName = binder.optional("proc_ns_operations", "name");
    ofFile = Span.of(filePath, fileMode);
    ofEntry = Span.of(parent, name, nameLength, unhashed, inode, superblock);
    ofMount = Span.of(embedded, mountParent, mountPoint);
  }

  /** Adds what {@link #ofFile} reads of a struct file to what is read ahead. */
  public void addFile(ReadAhead files, long file) {
    ofFile.add(files, file);
  }

  /**
   * Returns the path of an open or mapped file as /proc shows it. A file of a stacked file system
   * that is mapped is represented by the file of the layer below, which records the path that the
   * user opened (struct backing_file of fs/file_table.c, since Linux 6.7).
   *
   * @param files the kernel's memory, where the struct file may have been read ahead
   * @param file the address of a struct file
   * @param budget what the answer may hold; the path is charged
   */
  public String ofFile(Memory files, long file, Budget budget) {
    String path = ofFile(files, file);
    budget.chargeText(path.length());
    return path;
  }

  private String ofFile(Memory files, long file) {
    if (userPath.isPresent() && (fileMode.read(files, file) & MAYBE_BACKING) != 0) {
      long opened = file + userPath.get().offset();
      if (isPath(opened)) {
        return of(memory, opened);
      }
    }
    return of(files, file + filePath.offset());
  }

  /**
   * Returns whether there is a struct path at an address: its mount and its entry share a file
   * system.
   */
  private boolean isPath(long path) {
    try {
      return mountSuperblock.read(memory, mnt.read(memory, path))
          == superblock.read(memory, dentry.read(memory, path));
    } catch (MemoryFault e) {
      return false;
    }
  }

  private String of(Memory files, long path) {
    long entry = dentry.read(files, path);
    ReadAhead entries = new ReadAhead(memory);
    ofEntry.fetch(entries, entry);
    long kind = magic.read(memory, superblock.read(entries, entry)) & 0xffff_ffffL;
    if (kind == PIPES || kind == SOCKETS) {
      long file = inode.read(entries, entry);
      return (kind == PIPES ? "pipe:[" : "socket:[") + number.read(memory, file) + "]";
    }
    if (kind == ANONYMOUS) {
      return "anon_inode:" + part(entries, entry);
    }
    if (kind == PIDS) {
      return "anon_inode:[pidfd]";
    }
    if (kind == NAMESPACES && namespaceOperations.isPresent() && namespaceName.isPresent()) {
      return namespace(inode.read(entries, entry));
    }
    long mounted = mnt.read(files, path);
    long mount = mounted - embedded.offset();
    ReadAhead mounts = new ReadAhead(memory);
    ofMount.fetch(mounts, mount);
    boolean orphan = parent.read(entries, entry) == entry;
    if (orphan && mountRoot.read(mounts, mounted) != entry) {
      // A file outside of any directory tree, as memfd_create and shared memory create.
      return "/" + part(entries, entry) + " (deleted)";
    }
    boolean deleted = !orphan && unhashed.read(entries, entry) == 0;
    String text = climb(entries, entry, mounts, mount);
    return deleted ? text + " (deleted)" : text;
  }

  /** Returns the name of a namespace, by ns_dname of fs/nsfs.c. */
  private String namespace(long file) {
    long operations = namespaceOperations.get().read(memory, inodePrivate.read(memory, file));
    String kind =
        memory.readString(namespaceName.get().read(memory, operations), MAX_NAMESPACE_NAME);
    return kind + ":[" + number.read(memory, file) + "]";
  }

  /** Goes up to the root; the entry and the mount to begin at have been read ahead. */
  private String climb(ReadAhead entries, long start, ReadAhead mounts, long startMount) {
    Deque<String> parts = new ArrayDeque<>();
    long entry = start;
    long mount = startMount;
    int length = 0;
    for (int steps = 0; steps < MAX_PARTS && length <= MAX_PATH; steps++) {
      long root = mountRoot.read(mounts, mount + embedded.offset());
      long up = parent.read(entries, entry);
      if (entry == root || entry == up) {
        long above = mountParent.read(mounts, mount);
        if (above == mount || entry != root) {
          return joined("", parts);
        }
        entry = mountPoint.read(mounts, mount);
        mount = above;
        ofMount.fetch(mounts, mount);
      } else {
        String part = part(entries, entry);
        parts.addFirst(part);
        length += 1 + part.length();
        entry = up;
      }
      ofEntry.fetch(entries, entry);
    }
    return joined("[...]", parts);
  }

  private static String joined(String start, Deque<String> parts) {
    StringBuilder text = new StringBuilder(start);
    parts.forEach(part -> text.append('/').append(part));
    return text.isEmpty() ? "/" : text.toString();
  }

  /** Returns the name of an entry; a short one lies in the entry itself. */
  private String part(Memory entries, long entry) {
    int length = (int) Math.min(MAX_NAME, nameLength.read(entries, entry) & 0xffff_ffffL);
    byte[] bytes = entries.readBytes(name.read(entries, entry), length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
