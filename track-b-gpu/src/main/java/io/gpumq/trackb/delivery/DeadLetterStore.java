package io.gpumq.trackb.delivery;

import io.gpumq.api.ConfigException;
import io.gpumq.api.DeadLetter;
import io.gpumq.spi.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * The dead letters of one queue, in memory, oldest first, and who has which. Safe for use by many
 * threads.
 */
public final class DeadLetterStore {
  /** One count for all stores: a letter of another one is never taken for one of this. */
  private static final AtomicLong LAST_ID = new AtomicLong();

  private static final class Place {
    private final DeadLetter letter;

    /** Until when somebody has it, or {@code null}. */
    private Deadline lease;

    private boolean isReplayed;

    private Place(DeadLetter letter) {
      this.letter = letter;
    }

    private boolean isOf(DeadLetter other) {
      return letter.sequence() == other.sequence() && letter.group().equals(other.group());
    }

    private boolean isFree() {
      return !isReplayed && (lease == null || lease.isPassed());
    }
  }

  private final int capacity;
  private final Map<Long, Place> letters = new LinkedHashMap<>();
  private long joined;

  /**
   * @param capacity most letters kept at once, 1 or more
   */
  public DeadLetterStore(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    this.capacity = capacity;
  }

  /**
   * Puts a letter last, unless the store is full; returns whether it did.
   *
   * @param maker is given the letter's id, if there is room
   */
  public synchronized boolean offer(LongFunction<DeadLetter> maker) {
    if (isFull()) {
      return false;
    }
    long id = LAST_ID.incrementAndGet();
    letters.put(id, new Place(maker.apply(id)));
    joined++;
    return true;
  }

  /**
   * Returns whether {@link #offer} would refuse now: worth asking before a payload is read for a
   * letter.
   */
  public synchronized boolean isFull() {
    return letters.size() >= capacity;
  }

  /** Returns how many letters ever joined. */
  public synchronized long joined() {
    return joined;
  }

  /** Returns how many letters there are now, leased ones included. */
  public synchronized int size() {
    return letters.size();
  }

  /** Returns the oldest letters, leased ones included. */
  public synchronized List<DeadLetter> peek(int max) {
    return letters.values().stream().limit(requireCount(max)).map(place -> place.letter).toList();
  }

  /** Leases the oldest letters that nobody has. */
  public synchronized List<DeadLetter> take(int max, Duration lease) {
    requireCount(max);
    if (Deadline.require("lease", lease).isZero()) {
      throw new ConfigException("lease " + lease + ": must be above zero");
    }
    List<DeadLetter> taken = new ArrayList<>();
    for (Iterator<Place> each = letters.values().iterator();
        each.hasNext() && taken.size() < max; ) {
      Place place = each.next();
      if (place.isFree()) {
        place.lease = Deadline.after(lease);
        taken.add(place.letter);
      }
    }
    return taken;
  }

  /** Settles letters for good; returns how many of them there were. */
  public synchronized int acknowledge(Collection<DeadLetter> settled) {
    int count = 0;
    for (DeadLetter letter : settled) {
      if (find(letter) != null) {
        letters.remove(letter.id());
        count++;
      }
    }
    return count;
  }

  /**
   * Keeps a letter for its replay: nobody is handed it meanwhile, and nobody else replays it.
   *
   * @return whether it is there, and no other replay of it is under way
   */
  public synchronized boolean beginReplay(DeadLetter letter) {
    Place place = find(letter);
    if (place == null || place.isReplayed) {
      return false;
    }
    place.isReplayed = true;
    return true;
  }

  /** Ends a replay: the letter is settled if its message was sent, and free again if not. */
  public synchronized void endReplay(DeadLetter letter, boolean sent) {
    Place place = find(letter);
    if (place != null) { // else it was acknowledged meanwhile
      place.isReplayed = false;
      place.lease = null;
      if (sent) {
        letters.remove(letter.id());
      }
    }
  }

  /** The place of a letter, or null: it was settled, or is none of this store's. */
  private Place find(DeadLetter letter) {
    Place place = letters.get(letter.id());
    return place != null && place.isOf(letter) ? place : null;
  }

  private static int requireCount(int max) {
    if (max < 0) {
      throw new ConfigException("max " + max + ": must be 0 or more");
    }
    return max;
  }
}
