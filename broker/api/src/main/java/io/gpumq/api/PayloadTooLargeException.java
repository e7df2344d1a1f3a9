package io.gpumq.api;

/**
 * Refuses a payload over the queue's {@link QueueConfig#maxPayloadBytes() largest}. None of the
 * call's messages was sent.
 */
public class PayloadTooLargeException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  public PayloadTooLargeException(String message) {
    super(message);
  }
}
