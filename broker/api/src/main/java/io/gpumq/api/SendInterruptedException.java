package io.gpumq.api;

/**
 * Tells that the thread was interrupted while it waited for room. What was accepted before stays
 * sent.
 */
public class SendInterruptedException extends InterruptedException {
  private static final long serialVersionUID = 1L;

  private final int accepted;

  /**
   * Makes one for a call that was cut short.
   *
   * @param accepted how many messages of the call, from the first on, were sent
   */
  public SendInterruptedException(int accepted) {
    super("interrupted while waiting for room; " + accepted + " messages of this call were sent");
    this.accepted = accepted;
  }

  /** Returns how many messages of the call, from the first on, were sent. */
  public int accepted() {
    return accepted;
  }
}
