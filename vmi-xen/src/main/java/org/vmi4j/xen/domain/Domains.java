package org.vmi4j.xen.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vmi4j.api.VmInfo;
import org.vmi4j.api.VmNotFoundException;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.LibXenStore;
import org.vmi4j.xen.lib.Libraries;
import org.vmi4j.xen.lib.XenStore;
import org.vmi4j.xenabi.DomainInfo;

/** The domains of a host with their names. */
public final class Domains {
  private static final int SHOWN = 50;

  private final List<Named> all = new ArrayList<>();

  /** Why names are not known; empty if they are. */
  private String noNames = "";

  /** A domain and its name, where that may be read. */
  public record Named(DomainInfo info, Optional<String> name) {
    private String label() {
      return info.id() + name.map(known -> " " + known).orElse("") + " " + info.uuid();
    }
  }

  /** Lists the domains. Without xenstore they have no names. */
  public Domains(Hypervisor hypervisor, Libraries libraries) {
    List<DomainInfo> infos = hypervisor.domains();
    LibXenStore.bind(libraries);
    try (XenStore store = XenStore.open(libraries)) {
      infos.forEach(info -> all.add(new Named(info, store.name(info.id()))));
    } catch (VmiException e) {
      noNames = e.getMessage();
      infos.forEach(info -> all.add(new Named(info, Optional.empty())));
    }
  }

  public List<VmInfo> machines() {
    return all.stream().map(Domains::machine).toList();
  }

  /** The one machine of a name, a number or a UUID. */
  public List<VmInfo> machines(String wanted) {
    return List.of(machine(find(wanted)));
  }

  private static VmInfo machine(Named domain) {
    DomainInfo info = domain.info();
    return new VmInfo(
        "xen:" + domain.name().orElse(String.valueOf(info.id())),
        info.id(),
        domain.name(),
        info.uuid(),
        info.type(Hypervisor.hostArchitecture()),
        info.state(),
        info.vcpus(),
        info.memory());
  }

  /**
   * Finds a domain by its name, its number or its UUID.
   *
   * @throws VmiException if there is none, or more than one; the message lists what there is
   */
  public Named find(String wanted) {
    List<Named> found = all.stream().filter(domain -> matches(domain, wanted)).toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      throw notFound(wanted);
    }
    throw new VmiException(
        wanted + " is more than one domain; write the number or the UUID of one: " + list(found));
  }

  private VmiException notFound(String wanted) {
    if (wanted.isEmpty() || noNames.isEmpty()) {
      String what = wanted.isEmpty() ? "xen: names no domain" : "there is no domain " + wanted;
      return new VmNotFoundException(what + "; " + list(all));
    }
    return new VmiException(
        "cannot look for the domain "
            + wanted
            + " by its name: "
            + noNames
            + "; or use the ID or UUID of a domain; "
            + list(all));
  }

  private static boolean matches(Named domain, String wanted) {
    return domain.name().filter(wanted::equals).isPresent()
        || String.valueOf(domain.info().id()).equals(wanted)
        || domain.info().uuid().toString().equals(wanted.toLowerCase(Locale.ROOT));
  }

  private static String list(List<Named> domains) {
    return "domains: "
        + domains.stream().limit(SHOWN).map(Named::label).collect(Collectors.joining(", "))
        + (domains.size() > SHOWN ? ", and more" : "");
  }
}
