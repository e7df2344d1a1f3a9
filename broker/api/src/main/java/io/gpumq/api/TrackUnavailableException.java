package io.gpumq.api;

/** Tells that a track cannot have what it needs: no driver, no Redis, a Redis too old. */
public class TrackUnavailableException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  public TrackUnavailableException(String message) {
    super(message);
  }

  /**
   * Makes one with a message, and what it follows from.
   *
   * @param message what was given, what is allowed, what to do
   * @param cause what this follows from
   */
  public TrackUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
