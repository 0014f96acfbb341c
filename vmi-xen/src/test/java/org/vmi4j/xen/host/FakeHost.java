package org.vmi4j.xen.host;

import java.util.Optional;
import org.vmi4j.xen.fake.FakeXen;

/** A host that does not exist, as the driver sees it. */
public final class FakeHost {
  private FakeHost() {}

  public static XenHost of(FakeXen xen) {
    return new XenHost(xen.root(), Optional.of(xen.libraries()));
  }
}
