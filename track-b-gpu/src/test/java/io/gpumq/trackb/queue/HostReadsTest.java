package io.gpumq.trackb.queue;

import io.gpumq.trackb.device.HostBackend;

/** Reads on the device host. */
class HostReadsTest extends Reads {
  HostReadsTest() {
    super(new HostBackend());
  }
}
