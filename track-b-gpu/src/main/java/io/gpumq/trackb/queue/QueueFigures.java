package io.gpumq.trackb.queue;

import io.gpumq.api.GroupStats;
import io.gpumq.api.QueueStats;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a queue has done, in numbers: those of now, and those of its close behind that. */
final class QueueFigures {
  private record Figures(QueueStats stats, List<GroupStats> groups) {}

  private final Lane[] lanes;
  private final QueueGroups groups;
  private final Letters letters;
  private final Looks looks;

  /** What was true at the close; {@code null} before it. */
  private volatile Figures last;

  QueueFigures(Lane[] lanes, QueueGroups groups, Letters letters, Looks looks) {
    this.lanes = lanes;
    this.groups = groups;
    this.letters = letters;
    this.looks = looks;
  }

  QueueStats stats() {
    return get(this::statsNow, Figures::stats);
  }

  List<GroupStats> groups() {
    return get(groups::stats, Figures::groups);
  }

  /** Keeps what is true now, before the queue closes. */
  void take() {
    last = new Figures(statsNow(), groups.stats());
  }

  private <T> T get(Supplier<T> now, Function<Figures, T> atClose) {
    T seen = last != null ? null : looks.at(now, () -> null);
    // Behind the look: beside a close it may have seen half of what there was.
    return last == null
        ? Objects.requireNonNull(seen, "figures at the close")
        : atClose.apply(last);
  }

  private QueueStats statsNow() {
    long sent = 0;
    long bytes = 0;
    long handled = 0;
    long failed = 0;
    long delivered = 0;
    long acknowledged = 0;
    long redelivered = 0;
    long depth = 0;
    long deleted = 0;
    long held = 0;
    for (Lane lane : lanes) {
      lane.groups().advance();
      GroupTotals totals = lane.groups().totals();
      delivered += totals.delivered();
      acknowledged += totals.acknowledged();
      redelivered += totals.redelivered();
      sent += lane.log().appended();
      bytes += lane.log().payloadBytes();
      handled += lane.log().progress().handled();
      failed += lane.log().progress().failed();
      deleted += lane.log().deletions().count();
      held += lane.log().keptBytes().heldBytes();
      depth += new Census(lane).depth();
    }
    return new QueueStats(
        sent,
        handled,
        delivered,
        acknowledged,
        redelivered,
        failed,
        letters.written(),
        deleted,
        depth,
        bytes,
        held);
  }
}
