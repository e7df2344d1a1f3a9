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
}
