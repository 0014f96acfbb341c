package org.vmi4j.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the live tests in every machine of the lab that is asked for, and reports them as its own.
 */
class LabIT {
  private static final List<Machine> BROUGHT_UP = new ArrayList<>();

  @TestFactory
  Stream<DynamicNode> live() {
    String asked = System.getProperty("lab");
    List<String> names = asked.equals("all") ? Machine.names() : List.of(asked.split(",", -1));
    return names.stream().map(LabIT::tests);
  }

  @AfterAll
  static void takeDown() {
    BROUGHT_UP.forEach(Machine::down);
  }

  /** One machine is up at a time: they share the cores of whoever runs this. */
  private static DynamicNode tests(String name) {
    takeDown();
    BROUGHT_UP.clear();
    Machine machine = new Machine(name, Path.of(System.getProperty("lab.work"), name));
    if (!machine.isUp()) {
      BROUGHT_UP.add(machine);
      machine.up();
    }
    return DynamicContainer.dynamicContainer(
        name, machine.runTests(Path.of(System.getProperty("lab.live"))).map(LiveResult::asTest));
  }
}
