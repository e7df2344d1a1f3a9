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

  /** In the order of due times: every lease is as long, and the clock does not go back. */
  private final ArrayDeque<Run> leased = new ArrayDeque<>();

  /** Refused, or left by a consumer that closed, or due and not yet handed out. */
  private final PriorityQueue<Run> waiting = new PriorityQueue<>();

  /** Delivered as often as allowed; to be given up, in this order. */
  private final ArrayDeque<Run> exhausted = new ArrayDeque<>();

  private final ArrayDeque<Run> spare = new ArrayDeque<>();
  private final Predicate<Run> dropIfEmpty = this::dropIfEmpty;
  private long lastId;
  private int sweepAt = MIN_SWEEP;

  Schedule(PendingTable table) {
    this.table = table;
  }

  /**
   * The lease that an entry joins: {@code run} if it ends shortly before, else a new one. The
   * caller puts the entry's word.
   *
   * @param run null for a new one
   */
  Run lease(Run run, long sequence, long dueNanos, int owner) {
    if (!canJoin(run, sequence)) {
      run = add(leased, sequence, dueNanos);
      run.owner = owner;
    }
    run.last = sequence;
    return run;
  }

  /** Ends an entry's lease; it is due at {@code dueNanos}. */
  void postpone(long sequence, long dueNanos) {
    table.put(sequence, table.deliveries(sequence), add(waiting, sequence, dueNanos).id);
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

  /** Ends all leases of a consumer; their entries are due. */
  void endLeases(int owner, long nowNanos) {
    leased.removeIf(
        run -> {
          if (run.owner != owner || run.isDue(nowNanos)) {
            return false;
          }
          run.dueNanos = nowNanos;
          waiting.add(run);
          return true;
        });
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

  /** The run whose first entry is to be given up next, or null. */
  Run nextExhausted() {
    return head(exhausted);
  }

  /**
   * Whether every lease and every delay is over. Drops the runs of those that are: their entries
   * are in the table, and need no run to be due.
   */
  boolean isAllDue(long nowNanos) {
    for (Run run; (run = pollDue(nowNanos)) != null; ) {
      recycle(run);
    }
    return earliest().isEmpty();
  }

  /** Drops the oldest leases as far as the window has left them behind: the usual way they go. */
  void dropSettledLeases() {
    for (Run run; (run = leased.peek()) != null && run.last < table.start(); ) {
      recycle(leased.poll());
    }
  }

  /** Drops every run. Ids go on rising: a run that was dropped is never taken for another. */
  void clear() {
    leased.clear();
    waiting.clear();
    exhausted.clear();
  }

  /** How many runs there are, empty ones included. */
  int size() {
    return leased.size() + waiting.size() + exhausted.size();
  }

  /** Takes out the run that has been due the longest, or null. */
  private Run pollDue(long nowNanos) {
    Queue<Run> queue = earliest();
    return queue.isEmpty() || !queue.peek().isDue(nowNanos) ? null : queue.poll();
  }

  /** Returns a polled run: what it has left stays due. */
  private void putBack(Run run) {
    if (table.trim(run)) {
      waiting.add(run);
    } else {
      recycle(run);
    }
  }

  private Queue<Run> earliest() {
    Run lease = head(leased);
    Run wait = head(waiting);
    return wait != null && (lease == null || wait.compareTo(lease) < 0) ? waiting : leased;
  }

  private Run head(Queue<Run> queue) {
    for (Run run; (run = queue.peek()) != null; recycle(queue.poll())) {
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
    if (size() >= sweepAt) {
      sweep();
    }
    Run run = spare.isEmpty() ? new Run() : spare.pollLast();
    run.id = ++lastId;
    run.first = sequence;
    run.last = sequence;
    run.dueNanos = dueNanos;
    queue.add(run);
    return run;
  }

  private void sweep() {
    leased.removeIf(dropIfEmpty);
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
