package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.HostBackend;

/** Reads on the device host. */
class HostRingReadsTest extends RingReads {
  HostRingReadsTest() {
    super(new LocalDevice(new HostBackend()));
  }
}
