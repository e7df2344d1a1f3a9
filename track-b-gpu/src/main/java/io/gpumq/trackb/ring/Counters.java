package io.gpumq.trackb.ring;

import io.gpumq.api.QueueStats;
import io.gpumq.trackb.delivery.DeadLetterStore;
import io.gpumq.trackb.delivery.Group;
import java.util.List;
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
    long delivered = 0;
    long acknowledged = 0;
    long redelivered = 0;
    List<Group> groups = List.copyOf(releases.groups());
    for (Group group : groups) {
      delivered += group.counts().delivered();
      acknowledged += group.counts().acknowledged();
      redelivered += group.counts().redelivered();
    }
    return new QueueStats(
        sent.sum(),
        completions.completed() - geometry.firstSequence() - completions.voided(),
        delivered,
        acknowledged,
        redelivered,
        completions.failed(),
        letters.joined(),
        census.depth(groups, releases.released(), ingress.claimed()),
        bytes.sum());
  }
}
