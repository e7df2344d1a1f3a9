package io.gpumq.trackb.link;

import io.gpumq.trackb.device.HostBackend;

/** Rings on the device host. */
class HostRingsTest extends Rings {
  HostRingsTest() {
    super(HostBackend::new);
  }
}
