package io.gpumq.kernels;

import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDeviceProvider;

/** Device {@code host}: this machine's processors. Always there, preferred to nothing. */
public final class HostBatchDeviceProvider implements BatchDeviceProvider {
  @Override
  public String name() {
    return HostBatchDevice.NAME;
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public String unavailable() {
    return null;
  }

  @Override
  public BatchDevice open() {
    return new HostBatchDevice();
  }
}
