package io.gpumq.spi;

/** Opens one kind of device that runs handlers over packed batches. Stateless. */
public interface BatchDeviceProvider {
  /** Returns {@code cuda} or {@code host}. */
  String name();

  /** Returns how much device {@code auto} prefers this one to others: higher wins. */
  int preference();

  /**
   * Returns why this device cannot be used here, or {@code null} if it can. Cheap enough to ask
   * often.
   */
  String unavailable();

  /**
   * Opens the device.
   *
   * @return the device, to be closed by the caller
   * @throws io.gpumq.api.TrackUnavailableException if it cannot be used
   */
  BatchDevice open();
}
