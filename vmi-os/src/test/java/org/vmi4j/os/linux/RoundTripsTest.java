package org.vmi4j.os.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vmi4j.api.Vm;
import org.vmi4j.api.Vmi;
import org.vmi4j.os.Backing;
import org.vmi4j.os.MemoryRegion;
import org.vmi4j.os.linux.container.MapleTree;
import org.vmi4j.os.linux.kernel.Kernel;
import org.vmi4j.os.linux.kernel.LinuxModule;
import org.vmi4j.os.linux.kernel.OpenFile;
import org.vmi4j.os.linux.task.TaskReader;
import org.vmi4j.profiles.Binder;
import org.vmi4j.testkit.LoggedMemory;
import org.vmi4j.testkit.Operations;

/**
 * How often lists, trees and tables ask for memory, where each request is a round trip. The bounds
 * follow from the structures: one request for each structure that only the one before leads to.
 */
class RoundTripsTest {
  private static final GuestFiles GUEST = GuestFiles.bundled();

  private final Operations requests = new Operations();
  private Vm vm;
  private Linux linux;
  private Kernel kernel;
  private LoggedMemory memory;
  private TaskReader tasks;
  private LinuxProcess target;

  @BeforeEach
  void open() {
    vm = Vmi.open(GUEST.uri());
    linux = Linux.detect(vm);
    kernel = linux.kernel();
    memory = new LoggedMemory(kernel.addressSpace(), requests);
    tasks = new TaskReader(vm, kernel, memory);
    target = linux.process(GUEST.targetPid());
  }

  @AfterEach
  void close() {
    vm.close();
  }

  private int rounds() {
    return requests.all().size();
  }

  @Test
  void aProcessOfTheListTakesOne() {
    List<String> names =
        tasks.processes(tasks.newBudget(), (task, id, name) -> id + " " + name).items();

    assertThat(names).isEqualTo(linux.processes().stream().map(Object::toString).toList());
    assertThat(rounds()).isEqualTo(1 + names.size());
  }

  @Test
  void aThreadOfTheListTakesOne() {
    List<Integer> ids =
        tasks.threads(target.address(), tasks.newBudget(), (task, id, name) -> id).items();

    assertThat(ids).hasSizeGreaterThan(1);
    assertThat(rounds()).isLessThanOrEqualTo(3 + ids.size());
  }

  @Test
  void aModuleOfTheListTakesOne() {
    List<LinuxModule> modules = new Modules(kernel, memory).list(tasks.newBudget()).items();

    assertThat(modules).isNotEmpty().isEqualTo(linux.modules().items());
    assertThat(rounds()).isEqualTo(1 + modules.size());
  }

  @Test
  void aNodeOfATreeTakesOne() {
    Binder binder = kernel.profile().binder();
    long tree = target.requireMm() + binder.field("mm_struct", "mm_mt").offset();
    int[] entries = new int[2];
    new MapleTree(memory, binder)
        .walkLeaves(
            tree,
            "tree",
            leaf -> {
              entries[0]++;
              entries[1] += leaf.length;
            });

    assertThat(entries[1]).isEqualTo(target.regions().items().size()).isGreaterThan(10);
    // The root's pointer, the leaves, and one node above them.
    assertThat(rounds()).isEqualTo(1 + entries[0] + (entries[0] > 1 ? 1 : 0));
  }

  @Test
  void regionsTakeOneForALeafAndOneForEachPartOfAPath() {
    List<MemoryRegion> regions = tasks.regions(target.requireMm(), tasks.newBudget()).items();

    assertThat(regions).isEqualTo(target.regions().items());
    int paths =
        regions.stream()
            .map(MemoryRegion::backing)
            .filter(Backing.File.class::isInstance)
            .mapToInt(file -> requestsOf(file.name()))
            .sum();
    assertThat(paths).isPositive();
    // The process, the root of the tree, and for each leaf itself, its regions, and their files.
    int leaves = 1 + regions.size() / 5;
    assertThat(rounds()).isLessThanOrEqualTo(3 + 3 * leaves + paths);
  }

  @Test
  void openFilesTakeOneForTheTableAndOneForEachPartOfAPath() {
    List<OpenFile> files = tasks.files(target.address(), tasks.newBudget()).items();

    assertThat(files).hasSizeGreaterThan(2).isEqualTo(target.files().items());
    int paths = files.stream().mapToInt(file -> requestsOf(file.name())).sum();
    // The task, its files, the table, its bitmap, its slots, and all files in them.
    assertThat(rounds()).isLessThanOrEqualTo(6 + paths);
  }

  /**
   * The entry, its file system, the mount, and for each further part of the path an entry; a name
   * that is too long for its entry, a mount that is crossed and the entry there take one each.
   */
  private static int requestsOf(String path) {
    int crossed = 2;
    int longNames =
        (int) List.of(path.split("/")).stream().filter(part -> part.length() > 31).count();
    return 3 + path.split("/").length + crossed + longNames;
  }
}
