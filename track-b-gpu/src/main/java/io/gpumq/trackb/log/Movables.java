package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Segment;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The segments of a store that could move. */
@FunctionalInterface
public interface Movables {
  /**
   * Tells of each, and whose log it is: to be asked for by who moves it. It may be gone by then,
   * or, in a queue that has been closed, be had no more: then asking throws.
   */
  void each(BiConsumer<Segment, Supplier<EntryLog>> visitor);
}
