package io.gpumq.trackb.delivery;

import io.gpumq.api.DeadLetter;

/** Offers the entries that a group has exhausted to its dead-letter sink, under no lock. */
final class GivingUp {
  /** So many entries one take gives up: the next goes on. */
  private static final int MAX_GIVEN_UP = 64;

  private final Group group;
  private final DeadLetterSink sink;

  /** Entries that some thread is offering now. Written under the group's lock. */
  private volatile int underWay;

  GivingUp(Group group, DeadLetterSink sink) {
    this.group = group;
    this.sink = sink;
  }

  /** Returns whether some thread is offering an entry now. */
  boolean isUnderWay() {
    return underWay > 0;
  }

  /** Returns whether the sink would not refuse whatever it is given. */
  boolean hasRoom() {
    return !sink.isFull();
  }

  /** Offers some entries, as far as the sink has room. */
  void some() {
    for (int i = 0; i < MAX_GIVEN_UP; i++) {
      PendingEntry next = group.ask(this::begin);
      if (next == null || !offer(next)) {
        return;
      }
    }
  }

  private boolean offer(PendingEntry entry) {
    boolean given = false;
    try {
      given =
          sink.offer(
              entry.sequence(), DeadLetter.Cause.DELIVERY_LIMIT, entry.deliveries(), group.name());
    } finally {
      boolean isGiven = given;
      group.ask(ledger -> end(ledger, entry, isGiven));
    }
    return given;
  }

  private PendingEntry begin(Ledger ledger) {
    PendingEntry next = ledger.pollExhausted();
    underWay += next == null ? 0 : 1;
    return next;
  }

  private Void end(Ledger ledger, PendingEntry entry, boolean given) {
    underWay--;
    if (given) {
      ledger.settleGivenUp(entry.sequence());
      group.counts().countDeadLettered();
    } else {
      ledger.putBackExhausted(entry.sequence());
    }
    return null;
  }
}
