package io.gpumq.api;

/**
 * Reads the messages of a queue by their positions, forwards and backwards, whether groups have
 * settled them or not. A position is a sequence; there need not be a message of it. For one thread
 * at a time: a call beside another throws {@link IllegalStateException}.
 *
 * <p>A reader sees messages that the handler is done with, from the oldest that is kept on. It sees
 * none that was deleted or trimmed, and none whose handler has failed: that is a dead letter, an
 * entry of another queue. It leases and settles nothing. {@link Entry#deliveries()} is 0.
 *
 * <p>It reads each lane by itself: a position names its lane in bits 56 to 59. On Track A all
 * messages are in lane 0, and the handler runs on what is read, as it does on what is polled.
 *
 * <pre>
 *   long next = reader.oldest(0);
 *   for (Batch batch; !(batch = reader.from(next, 100)).isEmpty(); ) {
 *     next = batch.get(batch.size() - 1).sequence() + 1;
 *   }
 * </pre>
 *
 * <p>Entries are views as in a {@link Batch} of a {@link Consumer}: valid until the next call or
 * close of this reader. Their bytes stay until then, though the messages may be gone. Nothing else
 * is held back.
 *
 * <p>Every call throws {@link QueueClosedException} once the queue or this reader is closed, and
 * {@link TrackFailedException} when what carries the queue has died.
 */
public interface Reader extends AutoCloseable {
  /**
   * Returns the position of the oldest message of a lane that can be read, or {@link #end} where
   * there is none.
   *
   * @param lane 0 to the queue's {@link QueueConfig#lanes()}, less one
   * @throws ConfigException if there is no such lane
   */
  long oldest(int lane);

  /**
   * Returns the position behind the newest message of a lane that can be read now.
   *
   * @param lane as in {@link #oldest}
   * @throws ConfigException if there is no such lane
   */
  long end(int lane);

  /**
   * Reads the first messages at a position or behind it.
   *
   * @param position of any lane that there is, kept or not
   * @param max the most entries, 1 to 65,536; a track may return fewer at once, but none only where
   *     there is none
   * @return them, in the order of their sequences
   * @throws ConfigException if {@code max} is out of its range, or there is no such lane
   */
  Batch from(long position, int max);

  /**
   * Reads the last messages before a position.
   *
   * @param position as in {@link #from}
   * @param max as in {@link #from}
   * @return them, in the order of their sequences, too: the first has the position to go on from
   * @throws ConfigException as {@link #from}
   */
  Batch before(long position, int max);

  /** Closes this reader; any thread may. A batch that is out ends. Closing twice is harmless. */
  @Override
  void close();
}
