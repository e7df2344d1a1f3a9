package io.gpumq.kernels;

import java.nio.ByteBuffer;

/**
 * A handler on the processor: what {@code handlers.h} does on a GPU. For one thread at a time;
 * allocates nothing per message. Made by {@link HandlerSpec#newHostHandler}.
 */
@FunctionalInterface
public interface HostHandler {
  /** Returned for a message that was handled. */
  int OK = 0;

  /** Returned by {@link Handler#FAIL} for a message that it fails on. */
  int FAILED = 1;

  /**
   * Handles one message.
   *
   * @param payload the message, from position to limit, in any byte order; its position is not kept
   * @param result takes the handler's {@link HandlerSpec#resultBytes()} from its position on, and
   *     advances by as many
   * @param attempt which attempt at this message this is, from 1
   * @return {@link #OK}, or an error code of 1 to 255: the result then means nothing
   * @throws HandlerFault where a GPU's kernel would die
   */
  int handle(ByteBuffer payload, ByteBuffer result, int attempt);
}
