package io.gpumq.trackb.queue;

import io.gpumq.trackb.delivery.Hold;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** What the readers of a lane are about to read. Safe for use by many threads. */
final class Holds {
  private static final Hold[] NONE = {};

  /** Written under this object, a new array each time. */
  private volatile Hold[] all = NONE;

  /** What a reader is about to read, from now on until {@link #leave}. */
  synchronized Hold join() {
    Hold hold = new Hold();
    Hold[] more = Arrays.copyOf(all, all.length + 1);
    more[all.length] = hold;
    all = more;
    return hold;
  }

  /** What is held from an entry on while it is read, until {@link #leave}. */
  Hold join(long sequence) {
    Hold hold = join();
    hold.set(sequence);
    return hold;
  }

  /** A reader has ended: it holds nothing any more, for who has seen it holding either. */
  synchronized void leave(Hold hold) {
    hold.letGo();
    Hold[] rest = Arrays.stream(all).filter(other -> other != hold).toArray(Hold[]::new);
    all = rest.length == 0 ? NONE : rest;
  }

  /** As {@link io.gpumq.trackb.log.Living#readersBelow}. */
  BooleanSupplier readersBelow(long sequence) {
    Hold[] reading = Arrays.stream(all).filter(hold -> hold.from() < sequence).toArray(Hold[]::new);
    long[] times = Arrays.stream(reading).mapToLong(Hold::times).toArray();
    return () -> {
      for (int i = 0; i < reading.length; i++) {
        if (times[i] >= 0 && reading[i].times() == times[i]) {
          return false;
        }
      }
      return true;
    };
  }

  /** The lowest sequence that is not to be released, or a value above all. */
  long lowest() {
    long lowest = Long.MAX_VALUE;
    for (Hold hold : all) {
      lowest = Math.min(lowest, hold.from());
    }
    return lowest;
  }
}
