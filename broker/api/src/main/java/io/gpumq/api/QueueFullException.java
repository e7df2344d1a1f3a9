package io.gpumq.api;

/** Tells that there was no room in time. What was accepted before stays sent. */
public class QueueFullException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  private final int accepted;

  /**
   * Makes one for a call that was cut short.
   *
   * @param message who holds the entries, and what to do
   * @param accepted how many messages of the call, from the first on, were sent
   */
  public QueueFullException(String message, int accepted) {
    super(message);
    this.accepted = accepted;
  }

  /** Returns how many messages of the call, from the first on, were sent. */
  public int accepted() {
    return accepted;
  }
}
