package io.gpumq.trackb.ring;

import io.gpumq.api.QueueStats;
import io.gpumq.trackb.delivery.DeadLetterStore;
import java.util.concurrent.atomic.LongAdder;

/** What a ring has carried, in numbers. Safe for use by many threads. */
final class Counters {
  private final RingGeometry geometry;
  private final Completions completions;
  private final Releases releases;
  private final IngressRing ingress;
  private final Census census;
  private final DeadLetterStore letters;
  private final LongAdder sent = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  Counters(
      RingGeometry geometry,
      Completions completions,
      Releases releases,
      IngressRing ingress,
      Census census,
      DeadLetterStore letters) {
    this.geometry = geometry;
    this.completions = completions;
    this.releases = releases;
    this.ingress = ingress;
    this.census = census;
    this.letters = letters;
  }

  void countSent(int messages, long payloadBytes) {
    sent.add(messages);
    bytes.add(payloadBytes);
  }

  /** Returns all figures as they are; looks at no word that is not known to be completed. */
  QueueStats stats() {
    Releases.Totals totals = releases.totals();
    return new QueueStats(
        sent.sum(),
        completions.completed() - geometry.firstSequence() - completions.voided(),
        totals.delivered(),
        totals.acknowledged(),
        totals.redelivered(),
        completions.failed(),
        letters.joined(),
        census.depth(releases.groups(), releases.released(), ingress.claimed()),
        bytes.sum());
  }
}
