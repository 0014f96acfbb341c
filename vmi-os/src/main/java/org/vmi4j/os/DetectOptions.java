package org.vmi4j.os;

import java.util.Optional;
import org.vmi4j.api.Progress;
import org.vmi4j.profiles.Profile;

/**
 * The options of operating system detection. Start with {@link #DEFAULTS} and add what is known.
 *
 * @param profile the types and symbols of the kernel, for one that does not carry them
 * @param progress receives the progress of a search of memory
 */
public record DetectOptions(Optional<Profile> profile, Progress progress) {
  /** Neither a profile nor progress. */
  public static final DetectOptions DEFAULTS = new DetectOptions(Optional.empty(), Progress.NONE);

  /** Returns these options with the types and symbols of the kernel. */
  public DetectOptions withProfile(Profile of) {
    return new DetectOptions(Optional.of(of), progress);
  }

  /** Returns these options with a receiver of progress. */
  public DetectOptions withProgress(Progress to) {
    return new DetectOptions(profile, to);
  }
}
