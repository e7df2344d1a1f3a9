package io.gpumq.trackb.queue;

import io.gpumq.api.CloseReport;
import io.gpumq.api.QueueStats;
import io.gpumq.spi.Closing;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.store.Share;
import io.gpumq.trackb.waiting.Backoff;

/** The end of a queue. For the one thread that brings it about. */
final class QueueEnd {
  private final Shop shop;
  private final Share share;
  private final Lane[] lanes;
  private final QueueState state;

  QueueEnd(Shop shop, Share share, Lane[] lanes, QueueState state) {
    this.shop = shop;
    this.share = share;
    this.lanes = lanes;
    this.state = state;
  }

  /** Ends it: every step, whatever another throws. */
  CloseReport end(
      Closing by, QueueGroups groups, QueueFigures figures, Consumers consumers, Readers readers) {
    state.stopIntake();
    for (Lane lane : lanes) {
      lane.log().fence(); // from here on nothing is claimed
    }
    for (Lane lane : lanes) {
      lane.room().end();
    }
    Steps steps = new Steps();
    steps
        .run(() -> awaitDrain(by))
        .run(figures::take)
        .run(state::close)
        .run(groups::endLines)
        .run(consumers::endWithQueue)
        .run(readers::endWithQueue);
    for (Lane lane : lanes) {
      steps
          .run(() -> shop.aging().remove(lane))
          .run(lane::end)
          .run(() -> shop.rings().leave(lane.ring(), lane.log()));
    }
    steps.run(() -> shop.store().end(share)).finish();
    QueueStats stats = figures.stats();
    // By one look: the last message may have been handled, and become a letter, between two.
    return new CloseReport(stats.depth() == 0, stats.depth(), stats);
  }

  private void awaitDrain(Closing by) {
    Backoff backoff = new Backoff();
    while (isOwed()
        && !state.hasFailed()
        && !by.isOver()
        && !Thread.currentThread().isInterrupted()) {
      backoff.pause();
    }
  }

  private boolean isOwed() {
    for (Lane lane : lanes) {
      if (lane.isOwed()) {
        return true;
      }
    }
    return false;
  }
}
