package io.gpumq.trackb.queue;

import io.gpumq.trackb.log.EntryLog;
import io.gpumq.trackb.store.Segment;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The segments of a queue that could move, and whose log each is. */
final class StillSegments {
  private StillSegments() {}

  /** Of a queue that is whole. */
  static void each(Queue queue, int lanes, BiConsumer<Segment, Supplier<EntryLog>> visitor) {
    for (int lane = 0; lane < lanes; lane++) {
      EntryLog log = queue.lane(lane).log();
      Supplier<EntryLog> its = () -> log;
      log.eachStill(segment -> visitor.accept(segment, its));
    }
  }

  /**
   * Of a queue that is folded.
   *
   * @param whole makes it whole, and returns the log of a lane
   */
  static void each(
      FoldedQueue queue,
      IntFunction<EntryLog> whole,
      BiConsumer<Segment, Supplier<EntryLog>> visitor) {
    for (int i = 0; i < queue.lanes().length; i++) {
      int lane = i;
      Supplier<EntryLog> its = () -> whole.apply(lane);
      queue.lanes()[lane].log().segments().eachStill(segment -> visitor.accept(segment, its));
    }
  }
}
