package io.gpumq.trackb.delivery;

import io.gpumq.api.NotPendingException;
import io.gpumq.api.QueueClosedException;
import io.gpumq.trackb.waiting.SpinningLock;
import java.util.BitSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * One consumer group of a queue: hands out its entries, keeps what is pending, and delivers again
 * what is not acknowledged in time.
 *
 * <p>A new entry is <i>pending</i> from the take that hands it out until it is <i>settled</i>:
 * acknowledged, or taken over by the dead-letter queue. It is leased to its taker; when the lease
 * ends, or the entry is refused or abandoned, the next taker gets it, and after {@code
 * maxDeliveries} deliveries the dead-letter queue.
 *
 * <p>Safe for use by many threads. Each call takes the group's lock once, but those that say
 * otherwise. Dead letters are written under no lock.
 */
public final class Group {
  /** Of a group that gives nothing up. */
  public static final int NO_LIMIT = Integer.MAX_VALUE;

  private static final int MAX_ROUNDS = 2; // in strict order one brings more of it to light

  /** A delay beyond it, 146 years, is this: times on a clock that wraps must lie nearer. */
  private static final long MAX_DELAY_NANOS = Long.MAX_VALUE / 2;

  private final String name;
  private final boolean strictOrder;
  private final Deliverable deliverable;
  private final GivingUp givingUp;
  private final LongSupplier nanoClock;
  private LongFunction<String> describer = sequence -> "sequence " + sequence;
  private final SpinningLock lock = new SpinningLock();
  private Ledger ledger;
  private final GroupMarks marks;
  private final GroupCounts counts = new GroupCounts();
  private final Readership readership = new Readership();

  /** Written under the lock. */
  private volatile boolean removed;

  /**
   * Makes a group that has seen nothing.
   *
   * @param start its first sequence, 0 or more
   * @param leaseNanos how long an entry stays with its taker, 1 or more
   * @param maxDeliveries deliveries before an entry is given up, 1 to 1,023, or {@link #NO_LIMIT}
   * @param strictOrder whether nothing is handed out while a pending entry is not due
   * @param nanoClock a clock that does not go back, such as {@link System#nanoTime}
   */
  public Group(
      String name,
      long start,
      long leaseNanos,
      int maxDeliveries,
      boolean strictOrder,
      Deliverable deliverable,
      DeadLetterSink sink,
      LongSupplier nanoClock) {
    this.name = name;
    this.strictOrder = strictOrder;
    this.deliverable = deliverable;
    givingUp = new GivingUp(this, sink);
    this.nanoClock = nanoClock;
    ledger = new Ledger(start, leaseNanos, maxDeliveries, strictOrder, deliverable);
    marks = new GroupMarks(start);
  }

  /** Sets how errors name a sequence. Before the first call of another. */
  public Group describing(LongFunction<String> words) {
    describer = words;
    return this;
  }

  /**
   * Hands out redeliveries that are due, those due longest first where there are too many; if there
   * are none, new entries. Never both: new entries are one range, but for those passed over. Before
   * new entries, offers to the dead-letter sink what is to be given up.
   *
   * <p>In strict order it hands out nothing while a pending entry is not due, and redeliveries from
   * the lowest sequence on.
   *
   * @param into is cleared, then filled in sequence order; its hold is set to the first
   * @param max the most entries to hand out, 1 or more
   * @param owner the taker, a number of 0 or more. It has one delivery in hand at a time: an entry
   *     is still with it while it has had the entry since as many deliveries
   * @param completed new entries are handed out below this sequence only
   * @return {@code into.size()}
   * @throws QueueClosedException if the group was removed
   */
  public int take(Delivery into, int max, int owner, long completed) {
    Ledger.require(max >= 1, "max", max, "1 or more");
    into.clear();
    int size = takeOnce(into, max, owner, completed);
    for (int round = 0; marks.hasExhausted() && round < MAX_ROUNDS; round++) {
      giveUpOrTakeBack(into);
      if (size > 0 || marks.hasExhausted()) {
        break; // there is no room for more letters, or many more to write
      }
      size = takeOnce(into, max, owner, completed); // what was held back by those
    }
    return size;
  }

  private int takeOnce(Delivery into, int max, int owner, long completed) {
    if (!removed && marks.haveNothing(completed, nanoClock)) {
      return 0; // without the lock, which those want who have something to do
    }
    lock.lock();
    try {
      requireOpen();
      if (!strictOrder || !givingUp.isUnderWay()) {
        ledger.take(into, max, owner, completed, nanoClock.getAsLong());
      }
      if (!into.isEmpty()) {
        into.hold().set(into.first()); // nobody can settle it before the lock is free
        counts.countHandedOut(into);
      }
      publish();
      return into.size();
    } finally {
      lock.unlock();
    }
  }

  /** What a take has leased is nobody's when the sink throws: another take finds it at once. */
  private void giveUpOrTakeBack(Delivery into) {
    try {
      givingUp.some();
    } catch (Throwable e) {
      takeBack(into);
      throw e;
    }
  }

  /**
   * Takes back what a take handed out and nobody has seen: it is due now, and this delivery does
   * not count. The delivery is empty then.
   */
  public void takeBack(Delivery delivery) {
    locked(
        () -> {
          ledger.takeBack(delivery, nanoClock.getAsLong());
          counts.countTakenBack(delivery);
        });
    delivery.clear();
  }

  /** Passes over entries that are no message, for a queue that nobody takes from. */
  public void passOver(long completed) {
    locked(() -> ledger.passOver(completed));
  }

  /** Which entries are for this group's consumers, once they are completed. */
  public Deliverable wanted() {
    return deliverable;
  }

  /** Returns for how many takes there may be something now, if only something to give up. */
  public int ready(long completed) {
    boolean isGivingUp = givingUp.isUnderWay();
    boolean mayGiveUp =
        marks.hasExhausted() && !isGivingUp && givingUp.hasRoom(); // asked under no lock
    boolean isHeldUp = strictOrder && isGivingUp;
    int ready = isHeldUp ? 0 : locked(ledger -> ledger.ready(completed, nanoClock.getAsLong()));
    return mayGiveUp ? Math.max(1, ready) : ready;
  }

  /** Returns in how many nanoseconds a lease or delay may end, or else that it is unknown. */
  public long nanosToReady(long unknown) {
    long nanos =
        marks.hasExhausted() ? 0 : locked(ledger -> ledger.nanosToDue(nanoClock.getAsLong()));
    return nanos > 0 ? nanos : unknown;
  }

  /**
   * Settles one entry, whoever holds it.
   *
   * @throws NotPendingException if it is not pending
   */
  public void acknowledge(long sequence) {
    settleIf(sequence, () -> true);
  }

  /** Keeps a pending entry until the hold is let go; refuses as {@link #acknowledge(long)}. */
  public void hold(long sequence, Hold hold) {
    locked(
        () -> {
          requirePending(sequence);
          hold.set(sequence); // nobody can settle it before the lock is free
        });
  }

  /**
   * Settles one entry, whoever holds it, if an act succeeds: nobody else settles it, or is handed
   * it, between the two.
   *
   * @param act run under the group's lock: waits for nothing
   * @return what the act returned
   * @throws NotPendingException if it is not pending; nothing is done then
   */
  public boolean settleIf(long sequence, BooleanSupplier act) {
    lock.lock();
    try {
      requirePending(sequence);
      boolean done = act.getAsBoolean();
      if (done) {
        ledger.settle();
        counts.countAcknowledged(1);
        publish();
      }
      return done;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Settles the entries of a delivery that are still with its taker: not settled, refused, or
   * handed to another since.
   *
   * @return how many this call settled
   */
  public int acknowledge(Delivery delivery) {
    lock.lock();
    try {
      requireOpen();
      int settled = ledger.settle(delivery);
      counts.countAcknowledged(settled);
      publish();
      return settled;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the lease of one entry, whoever holds it: it is due after the delay, or at once for the
   * dead-letter queue.
   *
   * @param delayNanos 0 or more
   * @throws NotPendingException if it is not pending
   */
  public void refuse(long sequence, long delayNanos) {
    handBack(sequence, delayNanos, true);
  }

  /** As {@link #refuse}, but the delivery does not count. */
  public void giveBack(long sequence, long delayNanos) {
    handBack(sequence, delayNanos, false);
  }

  private void handBack(long sequence, long delayNanos, boolean counts) {
    Ledger.require(delayNanos >= 0, "delay", delayNanos, "0 ns or more");
    lock.lock();
    try {
      requirePending(sequence);
      long due = nanoClock.getAsLong() + Math.min(delayNanos, MAX_DELAY_NANOS);
      ledger.handBack(sequence, due, counts);
      publish();
    } finally {
      lock.unlock();
    }
  }

  /** Ends every lease of a taker: what it holds is due at once. */
  public void abandon(int owner) {
    locked(() -> ledger.abandon(owner, nanoClock.getAsLong()));
  }

  /**
   * Starts anew at a sequence that is not released: what is pending is forgotten. Does nothing
   * while an entry is being given up, which somebody reads then: ask again, holding no lock
   * meanwhile.
   *
   * @return whether it did
   */
  public boolean tryMoveTo(long sequence) {
    return unlessGivingUp(
        () -> {
          counts.countForgotten(counts.pending());
          ledger = ledger.startingAt(sequence);
          publish();
        });
  }

  /** Ends the group: calls throw from now on. When it does so, and returns, as the move above. */
  public boolean tryRemove() {
    return unlessGivingUp(() -> removed = true);
  }

  private boolean unlessGivingUp(Runnable change) {
    lock.lock();
    try {
      requireOpen();
      if (givingUp.isUnderWay()) {
        return false;
      }
      change.run();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Every sequence below is settled in this group. Takes no lock. */
  public long acknowledgedTo() {
    return marks.settled();
  }

  /** The next sequence to be delivered for the first time. Takes no lock. */
  public long cursor() {
    return marks.delivered();
  }

  /** Who reads here. */
  public Readership readership() {
    return readership;
  }

  /**
   * Sets a bit for each of {@code count} sequences from one on that is pending, or to be delivered.
   */
  public void markUnsettled(long from, int count, BitSet bits) {
    locked(() -> ledger.markUnsettled(from, count, bits));
  }

  /** The name that the group was made with. */
  public String name() {
    return name;
  }

  /** Returns what the group has done so far, in numbers. */
  public GroupCounts counts() {
    return counts;
  }

  /** Returns what is pending, to look at and to claim. */
  public Pending pending() {
    return new Pending(this, nanoClock);
  }

  private void locked(Runnable change) {
    locked(
        ledger -> {
          change.run();
          return null;
        });
  }

  /**
   * Does something with what the group knows of its entries, holding the lock.
   *
   * @throws QueueClosedException if the group was removed
   */
  <T> T ask(Function<Ledger, T> step) {
    return locked(
        ledger -> {
          requireOpen();
          return step.apply(ledger);
        });
  }

  private <T> T locked(Function<Ledger, T> step) {
    lock.lock();
    try {
      T result = step.apply(ledger);
      publish();
      return result;
    } finally {
      lock.unlock();
    }
  }

  /** Shows what the holder of the lock has changed to those who look without it. */
  private void publish() {
    marks.show(ledger);
  }

  private void requireOpen() {
    if (removed) {
      throw new QueueClosedException("group '" + name + "' was removed");
    }
  }

  private void requirePending(long sequence) {
    requireOpen();
    ledger.requirePending(sequence, name, describer);
  }
}
