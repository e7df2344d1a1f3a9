package io.gpumq.api;

/** The queue, producer or consumer is closed. */
public class QueueClosedException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  public QueueClosedException(String message) {
    super(message);
  }
}
