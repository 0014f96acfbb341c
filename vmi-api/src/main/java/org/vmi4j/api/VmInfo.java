package org.vmi4j.api;

import java.util.Optional;
import java.util.UUID;

/**
 * A virtual machine that can be opened, as its host lists it.
 *
 * @param uri the URI that opens it
 * @param id the number that the host gave it; another one each time it is started
 * @param name its name, where it may be read
 * @param uuid its UUID
 * @param type how it is virtualized, in the host's own words: {@code "PV"}, {@code "PVH"} or {@code
 *     "HVM"} of Xen
 * @param state what it is doing, in the host's own words: {@code "running"}, {@code "runnable"},
 *     {@code "blocked"}, {@code "paused"}, {@code "shut down"}, {@code "crashed"} or {@code
 *     "dying"} of Xen
 * @param vcpus how many virtual processors are online
 * @param memory how much memory it has at present, in bytes
 */
public record VmInfo(
    String uri,
    int id,
    Optional<String> name,
    UUID uuid,
    String type,
    String state,
    int vcpus,
    long memory) {}
