package io.gpumq.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

final class HostFail implements HostHandler {
  private final Failure failure;

  HostFail(Failure failure) {
    this.failure = failure;
  }

  @Override
  public int handle(ByteBuffer payload, ByteBuffer result, int attempt) {
    if (payload.remaining() < Long.BYTES) {
      return OK;
    }
    long first = payload.getLong(payload.position());
    if (payload.order() != ByteOrder.LITTLE_ENDIAN) {
      first = Long.reverseBytes(first);
    }
    if (!failure.hits(first, attempt)) {
      return OK;
    }
    return switch (failure.how()) {
      case ERROR -> FAILED;
      case TRAP -> throw new HandlerFault("handler trapped at the message that begins " + first);
      case ADDRESS ->
          throw new HandlerFault(
              "handler wrote to an illegal address at the message that begins " + first);
      case LOOP -> loop(first);
    };
  }

  /** Never returns: only the end of its thread ends it, as only the end of a kernel does. */
  private static int loop(long first) {
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
    throw new HandlerFault("handler was interrupted in a loop at the message that begins " + first);
  }
}
