package org.vmi4j.os.linux.fs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.vmi4j.api.memory.Memory;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;

/** The path of a file, put together from its directory entries and mounts as fs/d_path.c does. */
public final class Paths {
  private static final int MAX_PARTS = 512;
  private static final int MAX_NAME = 255;
  private static final long PIPES = 0x5049_5045;
  private static final long SOCKETS = 0x534f_434b;
  private static final long ANONYMOUS = 0x0904_1934;

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

  public Paths(Kernel kernel, Binder binder) {
    memory = kernel.addressSpace();
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
  }

  /**
   * The path as /proc shows it.
   *
   * @param path the address of a struct path
   */
  public String of(long path) {
    long entry = dentry.read(memory, path);
    long kind = magic.read(memory, superblock.read(memory, entry)) & 0xffff_ffffL;
    if (kind == PIPES || kind == SOCKETS) {
      long file = inode.read(memory, entry);
      return (kind == PIPES ? "pipe:[" : "socket:[") + number.read(memory, file) + "]";
    }
    if (kind == ANONYMOUS) {
      return "anon_inode:" + part(entry);
    }
    long mounted = mnt.read(memory, path);
    boolean orphan = parent.read(memory, entry) == entry;
    if (orphan && mountRoot.read(memory, mounted) != entry) {
      // A file that never had a place in a tree, as memfd_create and shared memory make.
      return "/" + part(entry) + " (deleted)";
    }
    boolean deleted = !orphan && unhashed.read(memory, entry) == 0;
    String text = climb(entry, mounted - embedded.offset());
    return deleted ? text + " (deleted)" : text;
  }

  private String climb(long start, long startMount) {
    Deque<String> parts = new ArrayDeque<>();
    long entry = start;
    long mount = startMount;
    while (parts.size() < MAX_PARTS) {
      long root = mountRoot.read(memory, mount + embedded.offset());
      long up = parent.read(memory, entry);
      if (entry == root || entry == up) {
        long above = mountParent.read(memory, mount);
        if (above == mount || entry != root) {
          break;
        }
        entry = mountPoint.read(memory, mount);
        mount = above;
        parts.addFirst("");
      } else {
        parts.addFirst(part(entry));
        entry = up;
      }
    }
    StringBuilder text = new StringBuilder();
    parts.stream().filter(part -> !part.isEmpty()).forEach(part -> text.append('/').append(part));
    return text.isEmpty() ? "/" : text.toString();
  }

  private String part(long entry) {
    int length = (int) Math.min(MAX_NAME, nameLength.read(memory, entry) & 0xffff_ffffL);
    byte[] bytes = memory.readBytes(name.read(memory, entry), length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
