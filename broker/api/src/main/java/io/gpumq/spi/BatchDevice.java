package io.gpumq.spi;

/** Runs handlers over packed batches, one launch a batch: the usual way. */
public interface BatchDevice extends AutoCloseable {
  /** Returns {@code cuda} or {@code host}. */
  String name();

  /** Returns one line for people: which hardware. */
  String describe();

  /**
   * Returns a new runner with pinned buffers of its own.
   *
   * @param handler as {@link io.gpumq.api.QueueConfig#handler()}
   * @param maxPayloadBytes largest payload in bytes
   * @param capacity most messages in one batch
   * @throws io.gpumq.api.ConfigException if there is no such handler
   */
  BatchRunner runner(String handler, int maxPayloadBytes, int capacity);

  /** Gives the device back. Its runners fail from then on. Closing twice is harmless. */
  @Override
  void close();
}
