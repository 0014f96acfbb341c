package org.vmi4j.lab;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.AssertionFailedError;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * How a test went in dom0.
 *
 * @param name the test's class and name
 * @param seconds how long it took there
 * @param output what it printed
 * @param failure the stack trace, when it failed
 * @param skipped why it was skipped, when it was
 */
record LiveResult(
    String name,
    String seconds,
    String output,
    Optional<String> failure,
    Optional<String> skipped) {

  /** Reads a report in the format of Ant's JUnit task, which JUnit's console writes. */
  static Stream<LiveResult> read(Path report) {
    NodeList cases;
    try {
      cases =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(report.toFile())
              .getElementsByTagName("testcase");
    } catch (Exception e) {
      throw new IllegalStateException("cannot read " + report, e);
    }
    if (cases.getLength() == 0) {
      throw new IllegalStateException("no test ran in dom0: " + report + " is empty");
    }
    return IntStream.range(0, cases.getLength()).mapToObj(i -> of((Element) cases.item(i)));
  }

  private static LiveResult of(Element test) {
    String type = test.getAttribute("classname").replaceAll(".*\\.", "");
    return new LiveResult(
        type + "." + test.getAttribute("name"),
        test.getAttribute("time"),
        text(test, "system-out")
            .orElse("")
            .replaceAll("(?m)^(unique-id|display-name): .*\\R?", "")
            .strip(),
        text(test, "failure").or(() -> text(test, "error")),
        text(test, "skipped"));
  }

  private static Optional<String> text(Element test, String tag) {
    NodeList found = test.getElementsByTagName(tag);
    return found.getLength() == 0
        ? Optional.empty()
        : Optional.of(
            IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent())
                .reduce("", String::concat));
  }

  /** The same as a test of JUnit here, which ends as it ended there. */
  DynamicTest asTest() {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          System.out.println(name + " took " + seconds + " s in dom0");
          if (!output.isEmpty()) {
            System.out.println(output);
          }
          Assumptions.assumeTrue(skipped.isEmpty(), () -> skipped.orElse(""));
          failure.ifPresent(
              trace -> {
                throw new AssertionFailedError(trace);
              });
        });
  }
}
