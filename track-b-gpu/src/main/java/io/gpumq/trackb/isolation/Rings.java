package io.gpumq.trackb.isolation;

import io.gpumq.spi.Log;
import io.gpumq.trackb.isolation.IsolatedRing.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The rings of a track, by their numbers. For the supervisor's thread. */
final class Rings {
  private static final Log LOG = Log.of(Rings.class);

  private final Map<Integer, IsolatedRing> all = new LinkedHashMap<>();

  private int expected;

  void add(IsolatedRing ring) {
    all.put(ring.number(), ring);
  }

  /** Returns whether it was there. */
  boolean remove(IsolatedRing ring) {
    return all.remove(ring.number(), ring);
  }

  /** Returns the ring of a number, or {@code null} if there is none, or none any more. */
  IsolatedRing get(int number) {
    return all.get(number);
  }

  /** Returns every ring, those that have failed, too. */
  List<IsolatedRing> all() {
    return List.copyOf(all.values());
  }

  /** Returns those that have not failed: a device process has room for them, and work with them. */
  List<IsolatedRing> live() {
    return all.values().stream().filter(ring -> !ring.hasFailed()).toList();
  }

  /** Returns how many have not failed. */
  int count() {
    return live().size();
  }

  /** So many more are about to come. */
  void expect(int more) {
    expected = Math.max(expected, count() + more);
  }

  /** Returns the most rings that were ever said to come. */
  int expected() {
    return expected;
  }

  /** Returns whether no ring has anything published that is not completed. */
  boolean allDone() {
    AtomicBoolean done = new AtomicBoolean(true);
    each(live(), ring -> done.compareAndSet(true, ring.isDone()));
    return done.get();
  }

  boolean allRunning() {
    return live().stream().allMatch(ring -> ring.phase() == Phase.RUNNING);
  }

  /** Returns those that nothing has worked on yet. */
  List<IsolatedRing> unstarted() {
    return live().stream().filter(ring -> !ring.wasStarted()).toList();
  }

  /** Does something with each of some rings; one that it fails for fails, alone. */
  static void each(List<IsolatedRing> some, Consumer<IsolatedRing> what) {
    for (IsolatedRing ring : some) {
      try {
        what.accept(ring);
      } catch (RuntimeException | Error e) {
        LOG.error("a ring in a device process failed", e);
        ring.fail("the ring cannot be kept at work: " + e);
      }
    }
  }
}
