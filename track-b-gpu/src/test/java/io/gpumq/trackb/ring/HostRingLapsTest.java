package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.HostBackend;

/** Laps on the device host. */
class HostRingLapsTest extends RingLaps {
  HostRingLapsTest() {
    super(new LocalDevice(new HostBackend()));
  }
}
