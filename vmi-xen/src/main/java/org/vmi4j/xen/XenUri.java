package org.vmi4j.xen;

import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.host.XenHost;

/**
 * A URI of this driver: {@code xen:web01}, {@code xen:5}, {@code xen:web01?windows=1000}.
 *
 * @param domain a name, a number or a UUID; empty for none
 * @param windows how many windows of 2 MiB may be mapped at a time
 */
public record XenUri(String domain, int windows) {
  private static final String WINDOWS = "windows=";
  private static final int USUAL_MAP_COUNT = 65530;

  /**
   * Takes a URI apart.
   *
   * @throws VmiException if it has an option that is not known
   */
  public static XenUri parse(VmUri uri, XenHost host) {
    int question = uri.rest().indexOf('?');
    if (question < 0) {
      return new XenUri(uri.rest(), defaultWindows(host));
    }
    String option = uri.rest().substring(question + 1);
    try {
      int windows =
          option.startsWith(WINDOWS) ? Integer.parseInt(option.substring(WINDOWS.length())) : 0;
      if (windows > 0) {
        return new XenUri(uri.rest().substring(0, question), windows);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new VmiException(
        "\"" + option + "\" in " + uri + " is no option; write xen:NAME?windows=N, with N from 1");
  }

  /** Half of the mappings that Linux lets a process have. */
  private static int defaultWindows(XenHost host) {
    return Math.max(1, host.number("proc/sys/vm/max_map_count").orElse(USUAL_MAP_COUNT) / 2);
  }
}
