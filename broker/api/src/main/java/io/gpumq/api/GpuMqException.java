package io.gpumq.api;

/**
 * Whatever GpuMQ refuses or fails at; the message says what was given, what is allowed, what to do.
 */
public abstract class GpuMqException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  protected GpuMqException(String message) {
    super(message);
  }

  protected GpuMqException(String message, Throwable cause) {
    super(message, cause);
  }
}
