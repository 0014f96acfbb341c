package org.vmi4j.snapshot;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds cores of domains as {@code xl dump-core} lays them out: header, section headers, notes,
 * processors, pages, the table of frames, the names of the sections. Any of it may be made to lie.
 */
final class XenCoreBuilder {
  private static final int PAGE = TestImages.PAGE;
  private static final int SECTION = 64;

  private final boolean paravirtual;
  private final ByteArrayOutputStream processors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
  private final ByteArrayOutputStream table = new ByteArrayOutputStream();

  int machine = TestImages.X86_64;
  long magic;
  long vcpuCount;
  long pageCount;
  long pageSize = PAGE;
  long version = 1;
  boolean withHeader = true;

  /** For each section that lies: what stands in its header instead of its offset and its size. */
  final Map<String, long[]> lies = new LinkedHashMap<>();

  /** Sections that are left out. */
  final List<String> missing = new ArrayList<>();

  XenCoreBuilder(boolean paravirtual) {
    this.paravirtual = paravirtual;
    this.magic = paravirtual ? 0xf00f_ebedL : 0xf00f_ebeeL;
  }

  /** Adds a page that holds its frame number of the machine, or of the guest, at its end. */
  XenCoreBuilder page(long guestFrame, long machineFrame) {
    long frame = paravirtual ? machineFrame : guestFrame;
    return page(guestFrame, machineFrame, TestImages.memory(frame * PAGE, PAGE));
  }

  XenCoreBuilder page(long guestFrame, long machineFrame, byte[] content) {
    pages.writeBytes(content);
    table.writeBytes(longs(guestFrame));
    if (paravirtual) {
      table.writeBytes(longs(machineFrame));
    }
    pageCount++;
    return this;
  }

  XenCoreBuilder vcpu(byte[] record) {
    processors.writeBytes(record);
    vcpuCount++;
    return this;
  }

  byte[] bytes() {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    contents.put(".note.Xen", notes());
    contents.put(".xen_prstatus", processors.toByteArray());
    contents.put(".xen_pages", pages.toByteArray());
    contents.put(paravirtual ? ".xen_p2m" : ".xen_pfn", table.toByteArray());
    missing.forEach(contents::remove);
    StringBuilder names = new StringBuilder("\0.shstrtab\0");
    int count = contents.size() + 2;
    int at = 64 + count * SECTION;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteBuffer headers =
        ByteBuffer.allocate(count * SECTION).order(ByteOrder.LITTLE_ENDIAN).position(2 * SECTION);
    for (Map.Entry<String, byte[]> section : contents.entrySet()) {
      if (section.getKey().equals(".xen_pages")) {
        body.writeBytes(new byte[-(at + body.size()) & PAGE - 1]);
      }
      put(headers, names, section.getKey(), at + body.size(), section.getValue().length);
      body.writeBytes(section.getValue());
    }
    headers.position(SECTION);
    headers.putInt(1).putInt(3).putLong(0).putLong(0);
    headers.putLong(at + body.size()).putLong(names.length());
    body.writeBytes(names.toString().getBytes(StandardCharsets.US_ASCII));
    return TestImages.concat(head(count), headers.array(), body.toByteArray());
  }

  private void put(ByteBuffer headers, StringBuilder names, String name, long offset, long size) {
    long[] place = lies.getOrDefault(name, new long[] {offset, size});
    int start = headers.position();
    headers.putInt(names.length()).putInt(1).putLong(0).putLong(0);
    headers.putLong(place[0]).putLong(place[1]).position(start + SECTION);
    names.append(name).append('\0');
  }

  private byte[] head(int sections) {
    ByteBuffer head = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    head.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    head.putShort(16, (short) 4).putShort(18, (short) machine).putLong(40, 64);
    head.putShort(54, (short) 56).putShort(58, (short) SECTION);
    return head.putShort(60, (short) sections).putShort(62, (short) 1).array();
  }

  private byte[] notes() {
    byte[] header =
        withHeader
            ? TestImages.note("Xen", 0x2000001, longs(magic, vcpuCount, pageCount, pageSize))
            : new byte[0];
    return TestImages.concat(
        TestImages.note("Xen", 0x2000000, new byte[0]),
        header,
        TestImages.note("Xen", 0x2000002, new byte[1272]),
        TestImages.note("Xen", 0x2000003, longs(version)));
  }

  private static byte[] longs(long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.array();
  }
}
