package io.gpumq.trackb.log;

import io.gpumq.trackb.store.Share;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Lanes that keep settled entries until their memory is wanted. The one whose oldest segment is the
 * oldest of all gives that up first. Safe for use by many threads.
 */
public final class Yielding {
  /** A lane that keeps settled entries. */
  public interface Yielder {
    /** The age of one that has no segment. */
    long NONE = Long.MAX_VALUE;

    /** Whose memory it is. */
    Share share();

    /** How old its oldest segment is, as {@link KeptBytes#oldestNumber}; or {@link #NONE}. */
    long age();

    /**
     * Gives its oldest segment up, if all in it is settled. It is none of these then, unless it
     * joins again.
     *
     * @return whether it did
     */
    boolean giveUp();
  }

  /**
   * One of these.
   *
   * @param age as it was when it joined: the segment may have gone since
   */
  private record Candidate(Yielder yielder, long age) {}

  private final PriorityQueue<Candidate> all =
      new PriorityQueue<>(Comparator.comparingLong(Candidate::age));

  /** A lane has settled entries, and is none of these. */
  public void add(Yielder yielder) {
    Candidate candidate = new Candidate(yielder, yielder.age());
    synchronized (this) {
      all.add(candidate);
    }
  }

  /** A lane keeps nothing any more. */
  public synchronized void remove(Yielder yielder) {
    all.removeIf(candidate -> candidate.yielder() == yielder);
  }

  /** Bytes that could come back at most: what their queues hold. */
  synchronized long mostBytes() {
    return all.stream()
        .map(candidate -> candidate.yielder().share())
        .distinct()
        .mapToLong(Share::held)
        .sum();
  }

  /**
   * Has the oldest segment given up that can be. The caller has no lane's lock.
   *
   * @param share of which it is to be, or {@code null}: of any
   * @return whether one was
   */
  boolean giveBack(Share share) {
    for (Yielder next; (next = poll(share)) != null; ) {
      if (next.giveUp()) {
        return true;
      }
    }
    return false;
  }

  private synchronized Yielder poll(Share share) {
    return share == null ? poll() : pollOf(share);
  }

  private Yielder poll() {
    for (Candidate next; (next = all.poll()) != null; ) {
      long age = next.yielder().age();
      if (age == next.age() || all.isEmpty() || age <= all.peek().age()) {
        return next.yielder();
      }
      all.add(new Candidate(next.yielder(), age));
    }
    return null;
  }

  /** A queue that has used up its own share looks for the few lanes of that. */
  private Yielder pollOf(Share share) {
    Candidate oldest =
        all.stream()
            .filter(candidate -> candidate.yielder().share() == share)
            .min(all.comparator())
            .orElse(null);
    all.remove(oldest);
    return oldest == null ? null : oldest.yielder();
  }
}
