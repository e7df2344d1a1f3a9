package io.gpumq.api;

/** Tells that an entry is not pending in the group: never delivered, settled before, or deleted. */
public class NotPendingException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one with a message as {@link GpuMqException} asks for.
   *
   * @param message what was given, what is allowed, what to do
   */
  public NotPendingException(String message) {
    super(message);
  }
}
