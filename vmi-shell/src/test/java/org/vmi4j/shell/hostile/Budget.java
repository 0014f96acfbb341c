package org.vmi4j.shell.hostile;

import java.time.Duration;

/**
 * What one command may use.
 *
 * @param time of a processor, from its start to its end
 * @param heap how many bytes of live objects more than before it, at any moment
 */
record Budget(Duration time, long heap) {}
