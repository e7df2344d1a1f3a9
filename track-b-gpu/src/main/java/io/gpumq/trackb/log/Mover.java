package io.gpumq.trackb.log;

import io.gpumq.trackb.link.Keeps;
import java.util.function.Consumer;

/** What moves within the arena, of which there may be none now. Safe for use by many threads. */
public interface Mover {
  /**
   * Lets somebody use it, one thread at a time, who waits for nothing.
   *
   * @return false if nothing moves now: then nothing was done
   */
  boolean use(Consumer<Keeps> act);
}
