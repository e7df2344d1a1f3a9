package io.gpumq.api;

/** The sequence is not pending in the group: never delivered, or settled before. */
public class NotPendingException extends GpuMqException {
  private static final long serialVersionUID = 1L;

  public NotPendingException(String message) {
    super(message);
  }
}
