package org.vmi4j.shell.command.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.vmi4j.api.memory.PhysicalMemory;
import org.vmi4j.api.paging.AddressSpace;
import org.vmi4j.api.paging.PageBudget;
import org.vmi4j.api.paging.PageBudgetExceededException;
import org.vmi4j.api.search.BytePattern;
import org.vmi4j.os.GuestProcess;
import org.vmi4j.os.Listing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.plugins.record.RecordType;
import org.vmi4j.plugins.record.Row;
import org.vmi4j.shell.command.GuestCommand;
import org.vmi4j.shell.complete.ProcessIds;
import org.vmi4j.shell.session.Guest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches memory. */
@Command(
    name = "search",
    description = "Searches memory for text, or for bytes in hexadecimal with wildcards.",
    footer = {
      "",
      "Examples: vmi search file:guest.elf \"Linux version\"",
      "          vmi search file:guest.elf --hex \"7f 45 4c 46 ?? 01\"",
      "          vmi search file:guest.elf s3cr3t --pid 100"
    })
final class SearchCommand extends GuestCommand {
  private static final RecordType ADDRESS = RecordType.named("hit").hex("address");
  private static final RecordType HIT = ADDRESS.text("region");

  @Parameters(index = "1", paramLabel = "PATTERN", description = "What to look for.")
  private String pattern;

  @Option(names = "--hex", description = "The pattern is in hexadecimal; ? is any digit.")
  private boolean hex;

  @Option(names = "--physical", description = "In all physical memory (the default).")
  private boolean physical;

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      completionCandidates = ProcessIds.class,
      description = "In the memory of this process.")
  private Integer pid;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      defaultValue = "1000",
      description = "Stop after so many (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Override
  protected void run(Guest guest) {
    if (physical && pid != null) {
      throw wrong("--physical and --pid exclude each other");
    }
    if (limit < 1 || limit == Integer.MAX_VALUE) {
      throw wrong("a limit is 1 or more, and less than " + Integer.MAX_VALUE);
    }
    BytePattern bytes = pattern();
    if (pid == null) {
      inPhysical(guest, bytes);
    } else {
      inProcess(guest.linux().process(pid), bytes);
    }
  }

  private BytePattern pattern() {
    try {
      return hex ? BytePattern.ofHex(pattern) : BytePattern.ofText(pattern);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private void inPhysical(Guest guest, BytePattern bytes) {
    PhysicalMemory memory = guest.vm().physicalMemory();
    long[] found = bytes.searchInParallel(memory, 0, memory.end(), session().progress(), limit + 1);
    session().progress().clear();
    report(
        sink -> {
          sink.begin(ADDRESS);
          Arrays.stream(found).limit(limit).forEach(hit -> sink.write(ADDRESS.row(hit)));
          return found.length > limit ? List.of(limitReached()) : List.of();
        });
  }

  private void inProcess(GuestProcess process, BytePattern bytes) {
    AddressSpace space = process.addressSpace();
    Listing<MemoryRegion> regions = process.regions();
    List<Row> found = new ArrayList<>();
    Optional<String> broken = regions.broken();
    List<String> missing = new ArrayList<>();
    PageBudget budget = PageBudget.of(space.physicalMemory());
    try {
      for (MemoryRegion region : regions) {
        Optional<String> damage = region.damage(space.pointerSize());
        broken = broken.isPresent() ? broken : damage;
        if (damage.isEmpty() && !inRegion(region, space, bytes, budget, found)) {
          missing.add(limitReached());
          break;
        }
      }
    } catch (PageBudgetExceededException e) {
      missing.add(e.getMessage());
    }
    broken.ifPresent(missing::add);
    session().progress().clear();
    report(
        sink -> {
          sink.begin(HIT);
          found.stream().limit(limit).forEach(sink::write);
          return missing;
        });
  }

  /** Returns whether there is room for more. */
  private boolean inRegion(
      MemoryRegion region,
      AddressSpace space,
      BytePattern bytes,
      PageBudget budget,
      List<Row> found) {
    return bytes.search(
        space,
        region.start(),
        region.end(),
        budget,
        session().progress(),
        address -> {
          found.add(HIT.row(address, region.backing().name()));
          return found.size() <= limit;
        });
  }

  private String limitReached() {
    return "stopped after " + limit + "; ask for more with --limit";
  }
}
