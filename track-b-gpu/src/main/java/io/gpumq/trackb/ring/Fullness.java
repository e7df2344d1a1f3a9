package io.gpumq.trackb.ring;

import io.gpumq.trackb.delivery.DeadLetterStore;
import io.gpumq.trackb.delivery.Sequences;
import java.time.Duration;

/** Says why there is no room for a message: who holds the slots, and what to do. */
final class Fullness {
  private final String queue;
  private final RingGeometry geometry;
  private final Releases releases;
  private final Completions completions;
  private final IngressRing ingress;
  private final Backlog backlog;
  private final DeadLetterStore letters;

  Fullness(
      String queue,
      RingGeometry geometry,
      Releases releases,
      Completions completions,
      IngressRing ingress,
      Backlog backlog,
      DeadLetterStore letters) {
    this.queue = queue;
    this.geometry = geometry;
    this.releases = releases;
    this.completions = completions;
    this.ingress = ingress;
    this.backlog = backlog;
    this.letters = letters;
  }

  /** Returns the whole message of the error. */
  String describe(Duration waited) {
    return "queue '" + queue + "' is full: no free slot " + where() + " within " + waited + why();
  }

  private String where() {
    int lanes = geometry.lanes();
    return lanes == 1
        ? "of its " + geometry.capacity()
        : "of the "
            + geometry.capacity()
            + " in lane "
            + Sequences.lane(geometry.firstSequence())
            + " of "
            + lanes
            + ", which has 1/"
            + lanes
            + " of the queue's "
            + (long) geometry.capacity() * lanes;
  }

  private String why() {
    if (completions.isHeldUp() && letters.isFull()) {
      return "; messages failed, and " + lettersAreFull();
    }
    long free = releases.oldest() + geometry.capacity();
    if (completions.completed() < releases.oldest() || ingress.claimed() < free) {
      return "; the device has not handled those before it yet: wait longer, or send less at once";
    }
    Releases.Member last = releases.last();
    if (last == null) {
      return "; the queue has no group, so it keeps everything: make one, and acknowledge entries";
    }
    return "; group '"
        + last.group().name()
        + "' holds them: "
        + last.group().pending()
        + " entries pending, "
        + backlog.lag(last)
        + " not polled yet"
        + (letters.isFull() && last.group().pending() > 0 ? "; " + lettersAreFull() : "")
        + ". Acknowledge entries, or move or remove the group, or open the queue with a larger"
        + " capacity";
  }

  private String lettersAreFull() {
    return "the dead letters are full, "
        + letters.capacity()
        + " of "
        + letters.capacity()
        + ": acknowledge or replay some";
  }
}
