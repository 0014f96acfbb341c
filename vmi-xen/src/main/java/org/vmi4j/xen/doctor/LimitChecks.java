package org.vmi4j.xen.doctor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.vmi4j.api.spi.Check;
import org.vmi4j.api.spi.Window;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.memory.WindowBudget;
import org.vmi4j.xenabi.DomainInfo;

/**
 * Checks the limits that apply to mappings of a guest. Every window is a mapping of its own, since
 * Linux joins none of a device. It counts against {@code vm.max_map_count} and, root or not,
 * against RLIMIT_AS. It is not locked memory, nor has it a file descriptor of its own:
 * RLIMIT_MEMLOCK is met only by what libxenctrl hands to the hypervisor, and only where the kernel
 * has no {@code /dev/xen/hypercall} to take that from (before Linux 4.18). RLIMIT_NOFILE is not
 * met.
 */
final class LimitChecks {
  /** Linux's default. */
  private static final long USUAL_MAPPINGS = 65530;

  private static final int CAP_IPC_LOCK = 14;

  /** The registers of about a hundred virtual processors at a time. */
  private static final long ENOUGH_LOCKED = 1 << 20;

  private static final String UNLIMITED = "unlimited";

  private final XenHost host;
  private final Optional<DomainInfo> largest;

  /**
   * Creates the checks.
   *
   * @param largest the guest with the most memory, if there is one
   */
  LimitChecks(XenHost host, Optional<DomainInfo> largest) {
    this.host = host;
    this.largest = largest;
  }

  List<Check> examine() {
    return Stream.of(mappings(), addressSpace(), lockedMemory()).flatMap(Optional::stream).toList();
  }

  private Optional<Check> mappings() {
    String name = "vm.max_map_count";
    OptionalLong most = number(host.read("proc/sys/vm/max_map_count").orElse(""));
    if (most.isEmpty()) {
      return Optional.empty();
    }
    long reach = most.getAsLong() / 2 * Window.SIZE;
    String found =
        most.getAsLong() + " mappings, half of them for windows: " + size(reach) + " at a time";
    long wanted = largest.map(guest -> 2 * windows(guest.memory())).orElse(USUAL_MAPPINGS);
    return Optional.of(
        most.getAsLong() < wanted
            ? Check.warning(
                name,
                found + largest.map(LimitChecks::and).orElse(""),
                "its memory is mapped again and again; raise it: sysctl vm.max_map_count=" + wanted)
            : Check.ok(name, found));
  }

  private Optional<Check> addressSpace() {
    String name = "address space";
    return limit("Max address space")
        .map(
            limit -> {
              OptionalLong most = number(limit);
              if (most.isEmpty()) {
                return Check.ok(name, limit);
              }
              long used = 1024 * number(word("proc/self/status", "VmSize:").orElse("")).orElse(0);
              long room = Math.max(0, most.getAsLong() - used);
              String found = size(room) + " left of " + size(most.getAsLong());
              return largest.isPresent() && room < largest.get().memory()
                  ? Check.warning(
                      name,
                      found + and(largest.get()),
                      "mappings beyond that fail with ENOMEM; lift the limit (ulimit -v unlimited)"
                          + " or open with fewer windows: xen:NAME?windows="
                          + Math.max(WindowBudget.LEAST, room / 2 / Window.SIZE))
                  : Check.ok(name, found);
            });
  }

  private Optional<Check> lockedMemory() {
    if (host.exists("dev/xen/hypercall") || mayLock()) {
      return Optional.empty();
    }
    String name = "locked memory";
    return limit("Max locked memory")
        .map(
            limit -> {
              OptionalLong most = number(limit);
              return most.isEmpty() || most.getAsLong() >= ENOUGH_LOCKED
                  ? Check.ok(name, limit + " bytes")
                  : Check.warning(
                      name,
                      limit + " bytes, and there is no /dev/xen/hypercall, which needs none",
                      "calls for the registers of many processors fail with EAGAIN; raise it"
                          + " (ulimit -l 1024) or run a kernel of 4.18 or later");
            });
  }

  /** Whether RLIMIT_MEMLOCK does not hold for this process. */
  private boolean mayLock() {
    return word("proc/self/status", "CapEff:")
        .filter(set -> (Long.parseUnsignedLong(set, 16) >> CAP_IPC_LOCK & 1) != 0)
        .isPresent();
  }

  /** The soft limit of this process: a number, or "unlimited". */
  private Optional<String> limit(String name) {
    return word("proc/self/limits", name)
        .filter(limit -> limit.equals(UNLIMITED) || number(limit).isPresent());
  }

  /** The first word behind the one that a line begins with. */
  private Optional<String> word(String file, String key) {
    return host.read(file).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).strip() + " ")
        .map(rest -> rest.substring(0, rest.indexOf(' ')))
        .findFirst();
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static String and(DomainInfo guest) {
    return ", and domain " + guest.id() + " has " + size(guest.memory());
  }

  private static long windows(long bytes) {
    return (bytes + Window.SIZE - 1) / Window.SIZE;
  }

  private static String size(long bytes) {
    return bytes >> 34 == 0
        ? (bytes >> 20) + " MiB"
        : Math.round(bytes / (double) (1 << 30)) + " GiB";
  }
}
