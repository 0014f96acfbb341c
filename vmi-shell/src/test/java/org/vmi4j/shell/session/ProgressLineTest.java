package org.vmi4j.shell.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private static final String TERMINAL = "vmi.terminal";

  private final StringWriter text = new StringWriter();
  private String before;

  @BeforeEach
  void remember() {
    before = System.getProperty(TERMINAL, "false");
  }

  @AfterEach
  void restore() {
    System.setProperty(TERMINAL, before);
  }

  private ProgressLine line(boolean terminal) {
    System.setProperty(TERMINAL, String.valueOf(terminal));
    return new ProgressLine(new PrintWriter(text));
  }

  @Test
  void aTextIsReplacedAndOneStays() {
    ProgressLine line = line(true);
    line.show("5 events");
    line.show("6 events");
    line.clear();
    line.clear();
    line.conclude("7 events");
    assertThat(text.toString())
        .isEqualTo("5 events\r\u001b[K6 events\r\u001b[K7 events" + System.lineSeparator());
  }

  @Test
  void whatIsNoTerminalShowsNothing() {
    ProgressLine line = line(false);
    line.show("5 events");
    line.conclude("7 events");
    line.clear();
    assertThat(text.toString()).isEmpty();
  }
}
