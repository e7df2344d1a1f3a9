package io.gpumq.tracka;

import io.gpumq.api.Batch;
import io.gpumq.api.QueueClosedException;
import io.gpumq.spi.Steps;
import io.gpumq.spi.waiting.Bell;
import io.gpumq.spi.waiting.Line;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What this process knows of one consumer group; the pending list itself is in Redis. Safe for use
 * by many threads.
 */
final class Group {
  /** Holds what was handed back; no consumer's name, since those have no tilde. */
  static final byte[] PARKING = Args.bytes("~");

  /** Redis counts idle time in whole milliseconds, and starts before its answer is here. */
  private static final long DUE_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private static final long LONGEST_HELD_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MIN_RESCAN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_QUANTUM_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MIN_QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  final String name;
  final byte[] key;
  final Map<String, RedisConsumer> consumers = new ConcurrentSkipListMap<>();

  /** Which batch each entry was handed out in last, of those that are not settled. */
  final Map<Long, Batch> latest = new ConcurrentHashMap<>();

  /** Those that were given back as untried and not delivered since. */
  final Set<Long> givenBack = ConcurrentHashMap.newKeySet();

  /** Those refused for longer than the lease, which ends the refusal in Redis. */
  final Delays delays = new Delays();

  final Moves moves = new Moves();

  volatile boolean removed;

  /** Those who wait for entries without a thread. Set before others see the group. */
  Line line;

  /** Sequences that were refused and not delivered since: a batch's acknowledgement spares them. */
  final Set<Long> refused = ConcurrentHashMap.newKeySet();

  /** Sequences that Redis holds as pending, though no consumer has seen them yet. */
  final Set<Long> unseen = ConcurrentHashMap.newKeySet();

  /** Entries read for the first time, with those that were gone before the group was made. */
  final AtomicLong read;

  final AtomicLong handled;
  final AtomicLong settled;
  final AtomicLong delivered = new AtomicLong();
  final AtomicLong redelivered = new AtomicLong();
  final AtomicLong acknowledged = new AtomicLong();

  private final Bell bell;
  private final long leaseNanos;
  private final long quantumNanos;
  private final AtomicLong lastRead;
  private final TreeSet<Long> dueTimes = new TreeSet<>(); // guarded by this
  private long nextRescan; // guarded by this
  private long changes; // guarded by this
  private volatile boolean heldBack;
  private volatile long heldBackUntil;

  /**
   * @param key its name in Redis, of no other group before it
   * @param before how many messages lie before the group's first
   * @param start the highest sequence before it; 0 for none
   * @param bell is rung when something of it has changed
   */
  Group(String name, byte[] key, long before, long start, long leaseNanos, Bell bell) {
    this.name = name;
    this.bell = bell;
    this.lastRead = new AtomicLong(start);
    this.key = key;
    this.read = new AtomicLong(before);
    this.handled = new AtomicLong(before);
    this.settled = new AtomicLong(before);
    this.leaseNanos = leaseNanos;
    this.quantumNanos = Math.max(MIN_QUANTUM_NANOS, Math.min(leaseNanos / 16, MAX_QUANTUM_NANOS));
    this.nextRescan = System.nanoTime() + rescanNanos();
  }

  QueueClosedException wasRemoved() {
    return new QueueClosedException("group " + name + " was removed");
  }

  /** Ends its consumers; one that is inside a call ends as it leaves. */
  void closeConsumers() {
    Steps steps = new Steps();
    consumers.values().forEach(consumer -> steps.run(consumer::close));
    steps.finish();
  }

  /** Starts anew behind a sequence, in a move; {@code before} messages lie below. */
  void restart(long before, long behind) {
    lastRead.set(behind);
    read.set(before);
    handled.set(before);
    settled.set(before);
    refused.clear();
    unseen.clear();
    latest.clear();
    givenBack.clear();
    delays.clear();
    changed();
  }

  /** The highest sequence that has been read for this group; 0 for none. */
  long lastRead() {
    return lastRead.get();
  }

  void sawRead(long sequence) {
    lastRead.accumulateAndGet(sequence, Math::max);
  }

  /** An entry has reached a consumer. */
  void handed(long sequence, Batch in) {
    latest.put(sequence, in);
    forgetNotes(sequence);
  }

  /** An entry has come to its end. */
  void over(long sequence) {
    latest.remove(sequence);
    forgetNotes(sequence);
  }

  /** What was noted of it since it was delivered last is over. */
  private void forgetNotes(long sequence) {
    delays.remove(sequence);
    if (!givenBack.isEmpty()) {
      givenBack.remove(sequence);
    }
    if (!refused.isEmpty()) {
      refused.remove(sequence);
    }
    if (!unseen.isEmpty()) {
      unseen.remove(sequence);
    }
  }

  /** Whether the group waits for room among the dead letters. */
  boolean isHeldBack() {
    return heldBack && System.nanoTime() - heldBackUntil < 0;
  }

  /**
   * An entry found no room for its letter: the group waits with it, but looks again now and then.
   */
  void holdBack() {
    heldBackUntil = System.nanoTime() + LONGEST_HELD_NANOS;
    heldBack = true;
  }

  /** The group looks again whether it must wait. */
  void letGo() {
    heldBack = false;
  }

  /**
   * Entries were leased now. Their end is noted to a sixteenth of the lease, later rather than
   * earlier, so that a group with many batches under way is not searched for each of them.
   */
  synchronized void leased() {
    long due = System.nanoTime() + leaseNanos + DUE_MARGIN_NANOS;
    dueTimes.add(due + quantumNanos - Math.floorMod(due, quantumNanos));
  }

  /** An entry may be redelivered after {@code nanos}. */
  void dueIn(long nanos) {
    synchronized (this) {
      dueTimes.add(System.nanoTime() + nanos + (nanos == 0 ? 0 : DUE_MARGIN_NANOS));
    }
    changed();
  }

  /** An entry is pending no longer, or due at another time. */
  void changed() {
    synchronized (this) {
      changes++;
      notifyAll();
    }
    bell.ring();
  }

  /** How often that happened: take it before you look at what is pending. */
  synchronized long changes() {
    return changes;
  }

  /** Waits until it has happened more often than {@code seen}, {@code maxNanos} at most. */
  synchronized void awaitChange(long seen, long maxNanos) throws InterruptedException {
    if (changes == seen) {
      TimeUnit.NANOSECONDS.timedWait(this, maxNanos);
    }
  }

  /** Whether a lease or a delay may have ended; asking forgets those that have. */
  synchronized boolean takeDue() {
    long now = System.nanoTime();
    boolean due = now - nextRescan >= 0;
    while (!dueTimes.isEmpty() && now - dueTimes.first() >= 0) {
      dueTimes.pollFirst();
      due = true;
    }
    if (due) {
      nextRescan = now + rescanNanos();
    }
    return due;
  }

  /** Nanoseconds until {@link #takeDue()} may say yes; 0 or less if it would now. */
  synchronized long nanosToDue() {
    long now = System.nanoTime();
    long rescan = nextRescan - now;
    return dueTimes.isEmpty() ? rescan : Math.min(rescan, dueTimes.first() - now);
  }

  /** Whatever this process believes, the pending list is searched now and then. */
  private long rescanNanos() {
    return Math.max(MIN_RESCAN_NANOS, leaseNanos);
  }
}
