package io.gpumq.trackb.ring;

import io.gpumq.trackb.device.HostRingDevice;

/** Laps on the device host. */
class HostRingLapsTest extends RingLaps {
  HostRingLapsTest() {
    super(new HostRingDevice());
  }
}
