package io.gpumq.trackb.delivery;

import java.util.SplittableRandom;

/** A group whose entries stay pending, to measure what they cost. For one thread. */
final class PendingEntries {
  private static final int OWNER = 1;
  private static final int EVERY = 1_000;

  private static final Deliverable ALL =
      new Deliverable() {
        @Override
        public boolean deliverable(long sequence) {
          return true;
        }

        @Override
        public long runEnd(long from, long end) {
          return end;
        }
      };

  private final long start = System.nanoTime();
  private final Delivery delivery = new Delivery();
  private final Group group;
  private boolean isTimePassing;

  PendingEntries(long leaseNanos) {
    group =
        new Group(
            "group",
            0,
            leaseNanos,
            1_000,
            false,
            ALL,
            (sequence, cause, count, name) -> false,
            () -> isTimePassing ? System.nanoTime() : start);
  }

  Group group() {
    return group;
  }

  /** Leaves the next entries pending, taken by so many. */
  void leave(int entries, int batch) {
    for (int taken = 0; taken < entries; taken += batch) {
      take(batch);
    }
  }

  /** Leaves one of the next 1,000 entries pending, so many times; each was taken alone. */
  void leaveOneOfAThousand(int entries) {
    for (int i = 0; i < entries; i++) {
      take(1);
      take(EVERY - 1);
      group.acknowledge(delivery);
    }
  }

  /** Acknowledges pending entries, whichever chance takes, until so many are left. */
  void acknowledgeAtRandom(int left) {
    int pending = (int) group.counts().pending();
    long[] sequences = pendingSequences(pending);
    SplittableRandom random = new SplittableRandom(1);
    for (int last = pending; last > left; ) {
      int drawn = random.nextInt(last);
      group.acknowledge(sequences[drawn]);
      sequences[drawn] = sequences[--last];
    }
  }

  private long[] pendingSequences(int count) {
    long[] sequences = new long[count];
    PendingTable table = group.ask(Ledger::table);
    long next = -1;
    for (int i = 0; i < count; i++) {
      next = table.next(next + 1, Owners.ANY);
      sequences[i] = next;
    }
    return sequences;
  }

  /** From now on leases end. */
  void letTimePass() {
    isTimePassing = true;
  }

  /** Takes the next entries, which are completed now. */
  private void take(int max) {
    group.take(delivery, max, OWNER, group.cursor() + max);
  }
}
