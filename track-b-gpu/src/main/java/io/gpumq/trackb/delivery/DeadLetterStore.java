package io.gpumq.trackb.delivery;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.NotPendingException;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps the dead letters of one queue in memory, oldest first. A letter is free, leased, or being
 * replayed; it counts for the capacity until it is settled. Safe for use by many threads.
 */
public final class DeadLetterStore {
  /** One letter and its state. Guarded by the store. */
  private static final class Kept {
    private final long number;
    private final DeadLetter letter;

    /** When the lease ends, on the store's clock; negative while there is none. */
    private long due = -1;

    private boolean replaying;
    private boolean settled;

    Kept(long number, DeadLetter letter) {
      this.number = number;
      this.letter = letter;
    }
  }

  /** A lease that ended, or that a settled letter or a replay has overtaken, is dropped later. */
  private record Lease(long due, Kept kept) implements Comparable<Lease> {
    boolean isCurrent() {
      return !kept.settled && kept.due == due;
    }

    @Override
    public int compareTo(Lease other) {
      return Long.compare(due, other.due);
    }
  }

  private final int capacity;
  private final LongSupplier nanoClock;
  private final long startNanos;

  /** Every letter, in the order of joining. A letter's payload array tells it from its like. */
  private final Map<DeadLetter, Kept> letters = new LinkedHashMap<>();

  /** The letters that nobody has a lease of, by number. */
  private final TreeMap<Long, Kept> free = new TreeMap<>();

  private final PriorityQueue<Lease> leases = new PriorityQueue<>();
  private long joined;

  /**
   * @param capacity most letters kept at once, 1 or more
   */
  public DeadLetterStore(int capacity) {
    this(capacity, System::nanoTime);
  }

  /**
   * @param nanoClock a clock that does not go back
   */
  DeadLetterStore(int capacity, LongSupplier nanoClock) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    this.capacity = capacity;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
  }

  /** Returns the most letters that are kept at once. */
  public int capacity() {
    return capacity;
  }

  /** Puts a letter last, unless the store is full; returns whether it did. */
  public synchronized boolean offer(DeadLetter letter) {
    if (isFull()) {
      return false;
    }
    Kept kept = new Kept(joined++, letter);
    letters.put(letter, kept);
    free.put(kept.number, kept);
    return true;
  }

  /**
   * Returns whether {@link #offer} would refuse now: worth asking before a payload is read for a
   * letter.
   */
  public synchronized boolean isFull() {
    return letters.size() == capacity;
  }

  /** Returns how many letters ever joined. */
  public synchronized long joined() {
    return joined;
  }

  /** Returns how many letters there are, leased ones included. */
  public synchronized int size() {
    return letters.size();
  }

  /** Returns the oldest letters, leased ones included. */
  public synchronized List<DeadLetter> peek(int max) {
    return letters.keySet().stream().limit(requireCount(max)).toList();
  }

  /** Takes the oldest letters out for good that nobody has a lease of. */
  public synchronized List<DeadLetter> take(int max) {
    endLeases();
    List<DeadLetter> taken = new ArrayList<>();
    for (int left = requireCount(max); left > 0 && !free.isEmpty(); left--) {
      Kept kept = free.pollFirstEntry().getValue();
      settle(kept);
      taken.add(kept.letter);
    }
    return taken;
  }

  /**
   * Leases the oldest letters that nobody has a lease of.
   *
   * @throws ConfigException if {@code max} is negative, or {@code lease} not above zero
   */
  public synchronized List<DeadLetter> take(int max, Duration lease) {
    long nanos = Deadline.nanos(lease);
    if (nanos <= 0) {
      throw new ConfigException("lease " + lease + ": must be above zero");
    }
    long now = endLeases();
    long due = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    List<DeadLetter> taken = new ArrayList<>();
    for (int left = requireCount(max); left > 0 && !free.isEmpty(); left--) {
      Kept kept = free.pollFirstEntry().getValue();
      kept.due = due;
      leases.add(new Lease(due, kept));
      taken.add(kept.letter);
    }
    return taken;
  }

  /**
   * Settles letters. Those that are not there any more, or that are being replayed at this moment,
   * are passed over.
   *
   * @return how many this call settled
   */
  public synchronized int acknowledge(Collection<DeadLetter> given) {
    int settled = 0;
    for (DeadLetter letter : given) {
      Kept kept = letters.get(letter);
      if (kept != null && !kept.replaying) {
        settle(kept);
        settled++;
      }
    }
    return settled;
  }

  /**
   * Takes a letter for the time of a replay: until {@link #endReplay} no other call is handed it,
   * settles it, or replays it. Waits while another replays it.
   *
   * @throws NotPendingException if the letter is not there any more, or another still replays it at
   *     the deadline
   */
  public synchronized void beginReplay(DeadLetter letter, Deadline deadline)
      throws InterruptedException {
    Kept kept;
    while ((kept = letters.get(letter)) != null && kept.replaying) {
      if (deadline.isPassed()) {
        throw new NotPendingException(describe(letter) + " is being replayed by another call");
      }
      TimeUnit.NANOSECONDS.timedWait(this, deadline.remainingNanos());
    }
    if (kept == null) {
      throw new NotPendingException(
          describe(letter) + " is not there any more: it was taken, acknowledged, or replayed");
    }
    kept.replaying = true;
    free.remove(kept.number);
  }

  /**
   * Ends a replay. A letter that was sent is settled; one that was not is as it was before.
   *
   * @param sent whether its message was sent
   */
  public synchronized void endReplay(DeadLetter letter, boolean sent) {
    Kept kept = letters.get(letter);
    kept.replaying = false;
    if (sent) {
      settle(kept);
    } else if (kept.due < 0) {
      free.put(kept.number, kept);
    }
    notifyAll();
  }

  private static String describe(DeadLetter letter) {
    String of = letter.group().isEmpty() ? "" : " of group '" + letter.group() + "'";
    return "the letter of sequence " + Sequences.show(letter.sequence()) + of;
  }

  private void settle(Kept kept) {
    kept.settled = true;
    letters.remove(kept.letter);
    free.remove(kept.number);
  }

  /** Frees the letters whose lease is over; returns the time. */
  private long endLeases() {
    long now = nanoClock.getAsLong() - startNanos;
    for (Lease next; (next = leases.peek()) != null && !isRunning(next, now); ) {
      leases.poll();
      if (next.isCurrent()) {
        next.kept.due = -1;
        if (!next.kept.replaying) {
          free.put(next.kept.number, next.kept);
        }
      }
    }
    return now;
  }

  /** A lease for ever never ends; one that counts no more is over at once. */
  private static boolean isRunning(Lease lease, long now) {
    return lease.isCurrent() && (lease.due > now || lease.due == Long.MAX_VALUE);
  }

  private static int requireCount(int max) {
    if (max < 0) {
      throw new ConfigException("max " + max + ": must be 0 or more");
    }
    return max;
  }
}
