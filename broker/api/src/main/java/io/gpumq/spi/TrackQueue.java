package io.gpumq.spi;

import io.gpumq.api.MessageQueue;

/** Shows a queue as its track sees it. */
public interface TrackQueue extends MessageQueue {
  /** Returns whether a close of it has come to its end, well or not: its name is free again. */
  boolean isEnded();
}
