package io.gpumq.trackb;

import io.gpumq.trackb.device.HostBackend;
import io.gpumq.trackb.spi.Backend;

class HostInOrderTest extends InOrder {
  @Override
  Backend backend(int idleMillis) {
    return new HostBackend();
  }
}
