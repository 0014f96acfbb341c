package org.vmi4j.xen;

import org.vmi4j.api.VmUri;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.host.XenHost;
import org.vmi4j.xen.memory.WindowBudget;

/**
 * A URI of this driver: {@code xen:web01}, {@code xen:5}, {@code xen:web01?windows=1000}.
 *
 * @param domain a name, a number or a UUID; empty for none
 * @param windows how many windows of 2 MiB may be mapped at a time; by default as many as it takes
 *     to keep half of the mappings that Linux lets a process have
 */
record XenUri(String domain, WindowBudget windows) {
  private static final String WINDOWS = "windows=";
  private static final int USUAL_MAP_COUNT = 65530;

  /**
   * Takes a URI apart.
   *
   * @throws VmiException if it has an option that is not known
   */
  static XenUri parse(VmUri uri, XenHost host) {
    int question = uri.rest().indexOf('?');
    if (question < 0) {
      return new XenUri(uri.rest(), defaultWindows(host));
    }
    return new XenUri(
        uri.rest().substring(0, question), windows(uri, uri.rest().substring(question + 1)));
  }

  private static WindowBudget windows(VmUri uri, String option) {
    int windows = -1;
    try {
      windows =
          option.startsWith(WINDOWS) ? Integer.parseInt(option.substring(WINDOWS.length())) : -1;
    } catch (NumberFormatException e) {
      // Said below.
    }
    if (windows < WindowBudget.LEAST) {
      throw new VmiException(
          "\""
              + option
              + "\" in "
              + uri
              + " is no option; write xen:NAME?windows=N, with N from "
              + WindowBudget.LEAST);
    }
    return new WindowBudget(windows);
  }

  private static WindowBudget defaultWindows(XenHost host) {
    int mappings = host.number("proc/sys/vm/max_map_count").orElse(USUAL_MAP_COUNT);
    return WindowBudget.keeping(Math.max(0, mappings / 2));
  }
}
