package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.HostRingDevice;

/** Reads on the device host. */
class HostRingReadsTest extends RingReads {
  HostRingReadsTest() {
    super(new HostRingDevice());
  }
}
