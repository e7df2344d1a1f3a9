package io.gpumq.kernels;

/** A handler did what on a GPU kills the kernel: whoever ran it must end as a dead kernel does. */
public final class HandlerFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public HandlerFault(String message) {
    super(message);
  }
}
