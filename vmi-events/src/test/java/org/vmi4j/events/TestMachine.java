package org.vmi4j.events;

import org.vmi4j.api.Architecture;
import org.vmi4j.api.cpu.Register;
import org.vmi4j.api.cpu.RegisterValues;
import org.vmi4j.api.cpu.X86;
import org.vmi4j.api.event.BreakpointEvent;
import org.vmi4j.api.event.CpuidEvent;
import org.vmi4j.api.event.Event;
import org.vmi4j.api.event.EventRegisters;
import org.vmi4j.api.event.EventSource;
import org.vmi4j.api.event.FrameRights;
import org.vmi4j.api.event.GuestFrames;
import org.vmi4j.api.event.MemoryAccessEvent;
import org.vmi4j.api.event.RegisterWriteEvent;
import org.vmi4j.api.event.SingleStepEvent;
import org.vmi4j.api.event.Views;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.testkit.MockEvents;
import org.vmi4j.testkit.MockMemory;
import org.vmi4j.testkit.MockViews;
import org.vmi4j.testkit.MockVm;
import org.vmi4j.testkit.Operations;
import org.vmi4j.testkit.PageTables;
import org.vmi4j.testkit.TableFormat;

/** A machine with code at one page, data at another, and events that a test fires. */
final class TestMachine {
  static final long RIP = 0xffff_ffff_8100_0000L;
  static final long CODE = 0xffff_ffff_8100_0100L;
  static final long CODE_PA = 0x20_0100;
  static final long DATA_PA = 0x21_0000;
  static final long SPARE = 0x300;

  static final byte PUSH_RBP = 0x55;

  private static final long ROOT = 0x1000;

  private final MockMemory contents = new MockMemory(4 << 20).writable();
  private final PageTables tables =
      new PageTables(contents, TableFormat.X86_64, ROOT).map(CODE & -4096L, CODE_PA & -4096L, 4096);
  private final MockVm vm = new MockVm("guest", contents).architecture(Architecture.X86_64).live();
  private final MockEvents source = new MockEvents(vm.operations());
  private final MockViews views = new MockViews(vm.operations(), SPARE);
  private long sequence;

  TestMachine() {
    contents.put(CODE_PA, PUSH_RBP);
    vm.with(EventSource.class, source).with(FrameRights.class, views);
  }

  /** The guest's memory, for what the guest itself does. */
  MockMemory contents() {
    return contents;
  }

  /** Gives the machine views and frames to put into them. */
  TestMachine withViews() {
    vm.with(Views.class, views).with(GuestFrames.class, views);
    return this;
  }

  MockVm vm() {
    return vm;
  }

  MockEvents source() {
    return source;
  }

  MockViews views() {
    return views;
  }

  Operations operations() {
    return vm.operations();
  }

  AddressSpace space() {
    return tables.addressSpace(vm.physicalMemory());
  }

  /** A processor that executes one instruction when an answer asks it to. */
  void stepsWhenAsked() {
    source.onAnswer(
        (event, response) -> {
          if (response.isStep()) {
            source.fire(step(event.vcpu(), event.register(X86.RIP) + 1));
          }
        });
  }

  RegisterWriteEvent registerWrite(int vcpu, Register register, long value) {
    return begin(new RegisterWriteEvent().fill(register, value, 0), vcpu, RIP);
  }

  RegisterWriteEvent cr3Write(int vcpu, long value) {
    return registerWrite(vcpu, X86.CR3, value);
  }

  CpuidEvent cpuid(int vcpu, int leaf) {
    return begin(new CpuidEvent().fill(leaf, 0, 2), vcpu, RIP);
  }

  /** A step whose next instruction has the stack elsewhere. */
  SingleStepEvent stepWithStack(int vcpu, long rip, long rsp) {
    return withStack(step(vcpu, rip), rsp);
  }

  /** Maps the page around an address, from which instructions may be executed. */
  void map(long va, long pa) {
    tables.map(va & -4096L, pa & -4096L, 4096);
  }

  /** Maps the page around an address, from which none may. */
  void mapData(long va, long pa) {
    tables.map(va & -4096L, pa & -4096L, 4096, 1L << 63 | 3);
  }

  SingleStepEvent step(int vcpu, long rip) {
    return begin(new SingleStepEvent().fill(0), vcpu, rip);
  }

  BreakpointEvent int3(int vcpu, long rip, long pa) {
    return begin(new BreakpointEvent().fill(pa, 1, 6), vcpu, rip);
  }

  BreakpointEvent int3WithStack(int vcpu, long rip, long pa, long rsp) {
    return withStack(int3(vcpu, rip, pa), rsp);
  }

  private static <E extends Event> E withStack(E event, long rsp) {
    RegisterValues values = new RegisterValues(Architecture.X86_64);
    event.registers().readAll(values);
    event.begin(
        event.sequence(), 0, event.vcpu(), 0, true, EventRegisters.of(values.set(X86.RSP, rsp)));
    return event;
  }

  MemoryAccessEvent access(int vcpu, int view, long pa, boolean read, boolean write) {
    MemoryAccessEvent event = new MemoryAccessEvent().fill(pa, 0, false, read, write, false, false);
    return begin(event, vcpu, view, RIP, ROOT);
  }

  <E extends Event> E withRoot(E event, long cr3) {
    return begin(event, event.vcpu(), event.view(), event.register(X86.RIP), cr3);
  }

  private <E extends Event> E begin(E event, int vcpu, long rip) {
    return begin(event, vcpu, 0, rip, ROOT);
  }

  private <E extends Event> E begin(E event, int vcpu, int view, long rip, long cr3) {
    RegisterValues values =
        new RegisterValues(Architecture.X86_64)
            .set(X86.RIP, rip)
            .set(X86.RSP, CODE + 0x800)
            .set(X86.CR3, cr3);
    event.begin(++sequence, 0, vcpu, view, true, EventRegisters.of(values));
    return event;
  }
}
