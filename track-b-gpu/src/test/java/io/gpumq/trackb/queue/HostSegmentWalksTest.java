package io.gpumq.trackb.queue;

import io.gpumq.trackb.device.HostBackend;

/** SegmentWalks on the device host. */
class HostSegmentWalksTest extends SegmentWalks {
  HostSegmentWalksTest() {
    super(new HostBackend());
  }
}
