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

  /**
   * It begins nothing any more, and keeps no memory from others that it does not write to. What is
   * under way comes to its end where it is gone on with; where the ring has failed that it was
   * begun by it is not, since that may still write.
   */
  default void abandon() {}
}
