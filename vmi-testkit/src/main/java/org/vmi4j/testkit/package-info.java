/**
 * Test doubles: a virtual machine in memory whose operations are logged and can be made to fail,
 * and builders for its page tables.
 *
 * <pre>{@code
 * MockMemory memory = new MockMemory(1 << 24).putLong(0x5000, 42);
 * PageTables tables = new PageTables(memory, TableFormat.X86_64, 0x10_0000).map(0x40_0000, 0x5000, 4096);
 * try (MockVm vm = new MockVm("guest", memory)) {
 *   AddressSpace space = tables.addressSpace(vm.physicalMemory());
 *   assertThat(space.readLong(0x40_0000)).isEqualTo(42);
 *   assertThat(vm.operations().of(Operation.Kind.MAP)).hasSizeLessThan(3);
 * }
 * }</pre>
 */
package org.vmi4j.testkit;
