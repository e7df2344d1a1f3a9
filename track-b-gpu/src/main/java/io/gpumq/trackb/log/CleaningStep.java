package io.gpumq.trackb.log;

import io.gpumq.trackb.link.Keeps;

/** Something that the cleaner has the device do. For whoever is at work on it, one at a time. */
interface CleaningStep {
  /**
   * Goes on with it, as far as nothing has to be waited for.
   *
   * @return whether it is over
   */
  boolean advance(Keeps by);

  /** Bytes that lie in a row now for somebody, once it is over. */
  default int joinedBytes() {
    return 0;
  }

  /** It is not gone on with: the ring that it was begun by has failed, and may still write. */
  default void abandon() {}
}
