package org.vmi4j.shell.command.live;

import java.util.Optional;
import org.vmi4j.api.event.Event;
import org.vmi4j.os.linux.RunningTask;

/**
 * An event with the task in which it happened.
 *
 * @param event a copy
 * @param next the process whose page tables it installs, if it does
 */
record Observation(Event event, Optional<RunningTask> task, Optional<RunningTask> next) {}
