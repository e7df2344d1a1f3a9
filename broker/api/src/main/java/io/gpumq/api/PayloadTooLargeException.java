package io.gpumq.api;

/** A payload over the queue's slot size. None of the call's messages was sent. */
public class PayloadTooLargeException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  public PayloadTooLargeException(String message) {
    super(message);
  }
}
