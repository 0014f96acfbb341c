package org.vmi4j.xen.event;

import com.sun.jna.Native;
import java.util.Optional;
import org.vmi4j.api.VmiException;
import org.vmi4j.xen.lib.Errno;
import org.vmi4j.xen.lib.Handle;
import org.vmi4j.xen.lib.LibXenDeviceModel;
import org.vmi4j.xen.lib.LibXenInject;
import org.vmi4j.xen.lib.Libraries;

/** Delivers exceptions to a guest, by the library that the release of Xen has for it. */
final class Injection implements AutoCloseable {
  /** No error code: {@code X86_EVENT_NO_EC} and its predecessors. */
  private static final int NO_ERROR_CODE = -1;

  private final Session session;
  private final Libraries libraries;
  private Optional<Handle> deviceModel = Optional.empty();

  Injection(Session session, Libraries libraries) {
    this.session = session;
    this.libraries = libraries;
  }

  /**
   * Delivers an exception when the processor runs next.
   *
   * @param type as VMX numbers it: Intel SDM volume 3C, 25.8.3
   * @param pending the causes of a debug exception
   */
  void inject(int vcpu, int vector, int type, int length, long pending) {
    int domain = session.domain().id();
    long result;
    if (session.domain().hypervisor().release().isAtLeast(4, 9)) {
      Handle handle = deviceModel();
      result =
          Errno.retry(
              () ->
                  handle.use(
                      model ->
                          LibXenInject.xendevicemodel_inject_event(
                              model, domain, vcpu, vector, type, NO_ERROR_CODE, length, pending)));
    } else {
      LibXenInject.Old.bind(libraries);
      result =
          session.attempt(
              handle ->
                  LibXenInject.Old.xc_hvm_inject_trap(
                      handle, domain, vcpu, vector, type, NO_ERROR_CODE, length, pending));
    }
    if (result < 0) {
      throw session.failure("cannot deliver the exception " + vector, result);
    }
  }

  private Handle deviceModel() {
    if (deviceModel.isEmpty()) {
      LibXenDeviceModel.bind(libraries);
      LibXenInject.bind(libraries);
      long address = LibXenDeviceModel.xendevicemodel_open(0, 0);
      if (address == 0) {
        throw new VmiException(
            "cannot open the interface of device models: "
                + Errno.explainOpen(Native.getLastError()));
      }
      deviceModel = Optional.of(new Handle("the interface of device models", address));
    }
    return deviceModel.get();
  }

  @Override
  public void close() {
    deviceModel.ifPresent(handle -> handle.close(LibXenDeviceModel::xendevicemodel_close));
  }
}
