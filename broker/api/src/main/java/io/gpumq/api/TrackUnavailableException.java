package io.gpumq.api;

/** What a track needs cannot be had: no driver, no Redis, a Redis too old. */
public class TrackUnavailableException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  public TrackUnavailableException(String message) {
    super(message);
  }

  public TrackUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
