package io.gpumq.spi;

/** A device that runs handlers over packed batches, one launch a batch: the usual way. */
public interface BatchDevice extends AutoCloseable {
  /** {@code cuda} or {@code host}. */
  String name();

  /** One line for people: which hardware. */
  String describe();

  /**
   * A runner with pinned buffers of its own.
   *
   * @param handler as {@link io.gpumq.api.QueueConfig#handler()}
   * @param slotBytes largest payload in bytes
   * @param capacity most messages in one batch
   * @throws io.gpumq.api.ConfigException if there is no such handler
   */
  BatchRunner runner(String handler, int slotBytes, int capacity);

  @Override
  void close();
}
