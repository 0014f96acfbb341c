package org.vmi4j.os.linux.kernel;

import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.profiles.Profile;

/**
 * What detection found about a kernel.
 *
 * @param architecture its architecture
 * @param release its release as uname(1) shows it, {@code "6.1.0-13-amd64"}
 * @param banner the line that it prints first, {@code "Linux version …"}
 * @param buildId the build ID assigned by the linker, if VMCOREINFO contains it
 * @param virtualOffset its KASLR offset in virtual memory, in bytes
 * @param physicalOffset its KASLR offset in physical memory, in bytes
 * @param addressSpace its address space
 * @param profile its types and symbols, at run-time addresses
 * @param evidence how all this was found, in sentences
 */
public record Kernel(
    Architecture architecture,
    String release,
    String banner,
    Optional<String> buildId,
    long virtualOffset,
    long physicalOffset,
    AddressSpace addressSpace,
    Profile profile,
    String evidence) {}
