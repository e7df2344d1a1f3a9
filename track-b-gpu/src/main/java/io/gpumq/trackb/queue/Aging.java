package io.gpumq.trackb.queue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lanes whose messages go by their age: looked at some times a second. For many threads. */
public final class Aging {
  private final Set<Lane> lanes = ConcurrentHashMap.newKeySet();

  void add(Lane lane) {
    lanes.add(lane);
  }

  void remove(Lane lane) {
    lanes.remove(lane);
  }

  /** Looks at each. For one thread; waits for nothing. */
  public void look() {
    for (Lane lane : lanes) {
      lane.lookAtAge(System.nanoTime());
    }
  }
}
