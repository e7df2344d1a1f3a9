package io.gpumq.trackb.delivery;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * When which pending entries are due, kept in {@link Run}s. A run is dropped when it has no entry
 * left, but at the latest when runs become twice as many as there were useful ones, so that what
 * was settled out of order costs no memory for long. For one thread at a time.
 */
final class Schedule {
  /** A run may reach over so many entries of others: each costs a look when the run is served. */
  private static final int MAX_GAP = 16;

  private static final int MIN_SWEEP = 1 << 10;
  private static final int MAX_SPARE_RUNS = 1 << 12;

  private final PendingTable table;

  private final Leases leased = new Leases();

  /** Refused, or left by a consumer that closed, or due and not yet handed out. */
  private final PriorityQueue<Run> waiting = new PriorityQueue<>();

  /** Delivered as often as allowed; to be given up, in this order. */
  private final ArrayDeque<Run> exhausted = new ArrayDeque<>();

  private final ArrayDeque<Run> spare = new ArrayDeque<>();
  private final Predicate<Run> dropIfEmpty = this::dropIfEmpty;
  private long lastId;
  private int sweepAt = MIN_SWEEP;

  /**
   * @param lastId no run of this one has an id up to that
   */
  Schedule(PendingTable table, long lastId) {
    this.table = table;
    this.lastId = lastId;
  }

  /** The id of the latest run. */
  long lastId() {
    return lastId;
  }

  /**
   * The lease that an entry joins: {@code run} if it ends shortly before, else a new one. The
   * caller puts the entry's word.
   *
   * @param run null for a new one
   */
  Run lease(Run run, long sequence, long dueNanos, int owner) {
    if (!canJoin(run, sequence)) {
      run = make(sequence, dueNanos);
      leased.add(run, owner);
    }
    run.last = sequence;
    return run;
  }

  /** Ends an entry's lease; it is due at {@code dueNanos}. */
  void postpone(long sequence, long dueNanos) {
    table.put(sequence, table.deliveries(sequence), add(waiting, sequence, dueNanos).id);
  }

  /** As {@link #postpone}, and the entry's last delivery does not count. */
  void giveBack(long sequence, long dueNanos) {
    int deliveries = Math.max(0, table.deliveries(sequence) - 1);
    table.put(sequence, deliveries, add(waiting, sequence, dueNanos).id);
  }

  /** Ends an entry's last lease; it is to be given up. */
  void exhaust(long sequence, long nowNanos) {
    Run run = exhausted.peekLast();
    if (!canJoin(run, sequence)) {
      run = add(exhausted, sequence, nowNanos);
    }
    run.last = sequence;
    table.put(sequence, table.deliveries(sequence), run.id);
  }

  /** Ends all leases of a consumer; their entries are due. Looks at no lease of another. */
  void endLeases(int owner, long nowNanos) {
    for (Run run; (run = leased.latestOf(owner)) != null; ) {
      leased.remove(run);
      run.dueNanos = Run.earlier(run.dueNanos, nowNanos);
      waiting.add(run);
    }
  }

  /**
   * Collects entries that are due, those due longest first. Those delivered {@code maxDeliveries}
   * times are to be given up instead.
   *
   * @param max collects no more once there are so many
   */
  void collectDue(Delivery into, int max, int maxDeliveries, long nowNanos) {
    for (Run run; into.size() < max && (run = pollDue(nowNanos)) != null; ) {
      while (into.size() < max && table.trim(run)) {
        long sequence = run.first++;
        if (table.deliveries(sequence) < maxDeliveries) {
          into.add(sequence);
        } else {
          exhaust(sequence, nowNanos);
        }
      }
      putBack(run);
    }
  }

  /**
   * Takes out the entry that is to be given up next: it belongs to no run then but {@link
   * Run#GIVEN_UP}.
   *
   * @return its sequence, or -1
   */
  long pollExhausted() {
    for (Run run; (run = exhausted.peek()) != null; recycle(exhausted.poll())) {
      if (table.trim(run)) {
        table.put(run.first, table.deliveries(run.first), Run.GIVEN_UP);
        return run.first++;
      }
    }
    return -1;
  }

  /** Puts an entry back that {@link #pollExhausted} took out: it is the next again. */
  void putBackExhausted(long sequence, long nowNanos) {
    Run run = make(sequence, nowNanos);
    exhausted.addFirst(run);
    table.put(sequence, table.deliveries(sequence), run.id);
  }

  /** Returns whether some entry is to be given up. */
  boolean hasExhausted() {
    return !exhausted.isEmpty();
  }

  /**
   * Whether every lease and every delay is over. Drops the runs of those that are: their entries
   * are in the table, and need no run to be due.
   */
  boolean isAllDue(long nowNanos) {
    for (Run run; (run = pollDue(nowNanos)) != null; ) {
      recycle(run);
    }
    return leased.peek() == null && waiting.isEmpty();
  }

  /** Returns whether some lease or delay is over. */
  boolean isSomeDue(long nowNanos) {
    Run lease = firstLease();
    Run wait = firstWaiting();
    return lease != null && lease.isDue(nowNanos) || wait != null && wait.isDue(nowNanos);
  }

  /** Drops the oldest leases as far as the window has left them behind: the usual way they go. */
  void dropSettledLeases() {
    for (Run run; (run = leased.peek()) != null && run.last < table.start(); ) {
      recycle(leased.remove(run));
    }
  }

  /** How many runs there are, empty ones included. */
  int size() {
    return leased.size() + waiting.size() + exhausted.size();
  }

  /** Takes out the run that has been due the longest, or null. */
  private Run pollDue(long nowNanos) {
    Run lease = firstLease();
    Run wait = firstWaiting();
    boolean waits = wait != null && (lease == null || wait.compareTo(lease) < 0);
    Run earliest = waits ? wait : lease;
    if (earliest == null || !earliest.isDue(nowNanos)) {
      return null;
    }
    return waits ? waiting.poll() : leased.remove(lease);
  }

  /** Returns a polled run: what it has left stays due. */
  private void putBack(Run run) {
    if (table.trim(run)) {
      waiting.add(run);
    } else {
      recycle(run);
    }
  }

  private Run firstLease() {
    for (Run run; (run = leased.peek()) != null; recycle(leased.remove(run))) {
      if (table.trim(run)) {
        return run;
      }
    }
    return null;
  }

  private Run firstWaiting() {
    for (Run run; (run = waiting.peek()) != null; recycle(waiting.poll())) {
      if (table.trim(run)) {
        return run;
      }
    }
    return null;
  }

  private static boolean canJoin(Run run, long sequence) {
    return run != null && sequence > run.last && sequence - run.last <= MAX_GAP;
  }

  private Run add(Queue<Run> queue, long sequence, long dueNanos) {
    Run run = make(sequence, dueNanos);
    queue.add(run);
    return run;
  }

  private Run make(long sequence, long dueNanos) {
    if (size() >= sweepAt) {
      sweep();
    }
    Run run = spare.isEmpty() ? new Run() : spare.pollLast();
    run.id = ++lastId;
    run.first = sequence;
    run.last = sequence;
    run.dueNanos = dueNanos;
    return run;
  }

  private void sweep() {
    for (Run run = leased.peek(), next; run != null; run = next) {
      next = leased.behind(run);
      if (!table.trim(run)) {
        recycle(leased.remove(run));
      }
    }
    waiting.removeIf(dropIfEmpty);
    exhausted.removeIf(dropIfEmpty);
    sweepAt = Math.max(MIN_SWEEP, 2 * size());
  }

  private boolean dropIfEmpty(Run run) {
    if (table.trim(run)) {
      return false;
    }
    recycle(run);
    return true;
  }

  private void recycle(Run run) {
    if (spare.size() < MAX_SPARE_RUNS) {
      spare.addLast(run);
    }
  }
}
