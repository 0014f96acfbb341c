package org.vmi4j.os.linux.kernel;

import java.util.Optional;
import org.vmi4j.api.Architecture;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.profiles.Profile;

/**
 * What detection found out about a kernel.
 *
 * @param architecture the processor that it runs on
 * @param release its release, {@code "6.1.0-13-amd64"}
 * @param banner the line that it prints first, {@code "Linux version …"}
 * @param buildId the identity that the linker gave it, where it tells
 * @param virtualOffset how far KASLR moved it in virtual memory, in bytes
 * @param physicalOffset how far the image lies from where it would lie without KASLR, in bytes
 * @param addressSpace its address space
 * @param profile its types and its symbols, as it runs
 * @param evidence how all this was found, for people
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
