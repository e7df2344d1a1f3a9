package io.gpumq.api;

/** Tells that the queue, the producer or the consumer is closed. */
public class QueueClosedException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  public QueueClosedException(String message) {
    super(message);
  }
}
