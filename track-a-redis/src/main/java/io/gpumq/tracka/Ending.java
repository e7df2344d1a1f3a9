package io.gpumq.tracka;

import io.gpumq.api.CloseReport;
import io.gpumq.api.GroupStats;
import io.gpumq.api.TrackFailedException;
import io.gpumq.spi.Closing;
import io.gpumq.spi.Steps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** How a queue ends: it drains, lets go of all that it has, and remembers its last figures. */
final class Ending {
  private final RedisQueue queue;
  private final Links links;
  private final Departure departure;
  private final Drain drain;
  private final Figures figures;
  private final Map<String, Group> byName;
  private final AtomicReference<Closing> closing = new AtomicReference<>();
  private volatile CloseReport report;
  private volatile List<GroupStats> lastGroups;

  Ending(
      RedisQueue queue,
      Links links,
      Departure departure,
      Drain drain,
      Figures figures,
      Map<String, Group> byName) {
    this.queue = queue;
    this.links = links;
    this.departure = departure;
    this.drain = drain;
    this.figures = figures;
    this.byName = byName;
  }

  boolean isOver() {
    return Closing.isOver(closing);
  }

  /** What was told at the end; {@code null} before. */
  CloseReport report() {
    return report;
  }

  /** What is said of the groups after the end; {@code null} before. */
  List<GroupStats> lastGroups() {
    return lastGroups;
  }

  CloseReport close(Duration most) {
    return Closing.close(closing, most, this::end);
  }

  /** Every step, whatever another throws. */
  private CloseReport end(Closing by) {
    Health health = queue.health();
    boolean[] drained = {false};
    long[] left = {0};
    Steps steps = new Steps();
    steps
        .run(health::drain)
        .run(() -> drained[0] = drain.await(by))
        .run(() -> left[0] = drained[0] ? 0 : figures.leftOver())
        .run(this::rememberGroups)
        .run(health::close)
        .run(() -> byName.values().forEach(Group::closeConsumers))
        .run(queue.readers()::close)
        .run(queue::leaveTrack)
        .run(links::close)
        .run(() -> departure.run(health))
        .run(() -> report = new CloseReport(drained[0], left[0], figures.stats(left[0])))
        .finish();
    return report;
  }

  /** What is asked behind the close is answered as of now; where Redis has failed, by nothing. */
  private void rememberGroups() {
    try {
      lastGroups = queue.groups();
    } catch (TrackFailedException e) {
      lastGroups = List.of();
    }
  }
}
