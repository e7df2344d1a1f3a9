package io.gpumq.spi;

/** A kind of device that can run handlers over packed batches. Stateless. */
public interface BatchDeviceProvider {
  /** {@code cuda} or {@code host}. */
  String name();

  /** Whether {@code --device auto} prefers this device to another: higher wins. */
  int preference();

  /** Why this device cannot be used here, or {@code null} if it can. Cheap enough to ask often. */
  String unavailable();

  /**
   * Opens the device.
   *
   * @throws io.gpumq.api.TrackUnavailableException if it cannot be used
   */
  BatchDevice open();
}
