package io.gpumq.api;

/**
 * What carries the queue has died while it was in use: the kernel, the driver, Redis. Every waiting
 * call gets it at once; the queue can only be closed.
 */
public class TrackFailedException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  public TrackFailedException(String message) {
    super(message);
  }

  public TrackFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
