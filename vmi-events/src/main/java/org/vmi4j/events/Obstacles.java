package org.vmi4j.events;

/**
 * Things that keep a processor from executing an instruction, each known by a number: frames whose
 * rights forbid an access, breakpoints. They are taken out of the way for one instruction.
 */
interface Obstacles {

  /** Takes an obstacle out of the way. */
  void lift(long obstacle);

  /** Puts it back, if it is still wanted. */
  void restore(long obstacle);
}
