package io.gpumq.api;

/** There was no room in time. What was accepted before stays sent. */
public class QueueFullException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  private final int accepted;

  /**
   * @param accepted how many messages of the call, from the first on, were sent
   */
  public QueueFullException(String message, int accepted) {
    super(message);
    this.accepted = accepted;
  }

  /** How many messages of the call, from the first on, were sent. */
  public int accepted() {
    return accepted;
  }
}
