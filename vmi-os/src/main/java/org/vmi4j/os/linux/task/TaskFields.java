package org.vmi4j.os.linux.task;

import java.util.Optional;
import org.vmi4j.profiles.Binder;
import org.vmi4j.profiles.Field;
import org.vmi4j.profiles.Profile;
import org.vmi4j.profiles.Span;

/** The members of a task that are read, bound once. */
final class TaskFields {
  final long initTask;
  final long size;
  final Field tasks;
  final Field pid;
  final Field tgid;
  final Field groupLeader;
  final Field comm;
  final Field realParent;
  final Field state;
  final Field exitState;
  final Field startTime;
  final Field cred;
  final Field uid;
  final Field mm;
  final Field signal;
  final Field threadHead;
  final Field threadNode;
  final Field flags;

  /** What a list of processes reads of each, and what a list of threads does. */
  final Span ofProcess;

  final Span ofThread;

  TaskFields(Profile profile) {
    Binder binder = profile.binder();
    initTask = binder.symbol("init_task");
    size = binder.size("task_struct");
    tasks = binder.field("task_struct", "tasks");
    pid = binder.field("task_struct", "pid");
    tgid = binder.field("task_struct", "tgid");
    groupLeader = binder.field("task_struct", "group_leader");
    comm = binder.field("task_struct", "comm");
    realParent = binder.field("task_struct", "real_parent");
    state = binder.firstOf("task_struct", "__state", "state");
    exitState = binder.field("task_struct", "exit_state");
    startTime = binder.firstOf("task_struct", "start_boottime", "real_start_time", "start_time");
    cred = binder.field("task_struct", "cred");
    Optional<Field> wrapped = binder.optional("cred", "uid.val");
    uid = wrapped.isPresent() ? wrapped.get() : binder.field("cred", "uid");
    mm = binder.field("task_struct", "mm");
    signal = binder.field("task_struct", "signal");
    threadHead = binder.field("signal_struct", "thread_head");
    threadNode = binder.field("task_struct", "thread_node");
    flags = binder.field("task_struct", "flags");
    binder.check();
    ofProcess = Span.of(tasks, pid, comm);
    ofThread = Span.of(threadNode, pid, comm);
  }
}
