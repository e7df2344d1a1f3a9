package io.gpumq.trackb.device;

import io.gpumq.spi.BatchDevice;
import io.gpumq.spi.BatchDeviceProvider;

/** Device {@code cuda}: this process's first GPU ({@code CUDA_VISIBLE_DEVICES} says which). */
public final class CudaBatchDeviceProvider implements BatchDeviceProvider {
  private static final int ORDINAL = 0;

  /** Above the device {@code host}. */
  private static final int PREFERENCE = 1;

  @Override
  public String name() {
    return Cuda.DEVICE;
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public String unavailable() {
    return Cuda.unavailable();
  }

  @Override
  public BatchDevice open() {
    Cuda.requireAvailable();
    return new CudaBatchDevice(ORDINAL);
  }
}
