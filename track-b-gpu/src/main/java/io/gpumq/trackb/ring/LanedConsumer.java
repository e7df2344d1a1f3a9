package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.NotPendingException;
import io.gpumq.spi.Deadline;
import io.gpumq.spi.Entrance;
import io.gpumq.spi.Steps;
import io.gpumq.trackb.waiting.Backoff;
import io.gpumq.trackb.waiting.Waiters;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Reads every lane in turn: a batch comes from one of them. A lane that has entries is read a few
 * times in a row, since what a consumer needs of it lies in its processor's cache by then.
 */
final class LanedConsumer implements Consumer {
  private static final int MOST_IN_A_ROW = 16;

  private final RingConsumer[] lanes;
  private final Waiters.Line line;
  private final Backoff backoff = new Backoff();

  /** Lets one thread in at a time; each lane's own knows whether it is closed. */
  private final Entrance entrance = new Entrance(() -> {});

  private final Deadline deadline = Deadline.after(Duration.ZERO);
  private final BooleanSupplier isEnding = this::isEnding;

  /** The lane to be polled next, and how many batches in a row have come from it. */
  private int at;

  private int inARow;

  /** Whose batch the last poll returned. */
  private RingConsumer polled;

  /**
   * @param lanes a consumer in each; a power of two
   * @param home which is read first
   * @param line in which it waits for entries of any
   */
  LanedConsumer(RingConsumer[] lanes, int home, Waiters.Line line) {
    this.lanes = lanes;
    this.line = line;
    this.at = home;
    this.polled = lanes[home];
  }

  @Override
  public String group() {
    return lanes[0].group();
  }

  @Override
  public String name() {
    return lanes[0].name();
  }

  @Override
  public Batch poll(int max, Duration wait) throws InterruptedException {
    RingConsumer.requireMax(max);
    Deadline.require("wait", wait);
    entrance.enter();
    try {
      return pollAny(max, wait);
    } finally {
      entrance.leave();
    }
  }

  private Batch pollAny(int max, Duration wait) throws InterruptedException {
    polled.release();
    if (inARow == MOST_IN_A_ROW) {
      moveOn();
    }
    Batch batch = pollEach(max);
    if (!batch.isEmpty() || wait.isZero()) {
      return batch;
    }
    deadline.restart(wait);
    backoff.reset();
    while (batch.isEmpty() && !deadline.isPassed()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (backoff.spin()) {
        batch = pollEach(max);
      } else {
        line.await(deadline, isEnding);
        try {
          batch = pollEach(max);
        } finally {
          line.done();
        }
      }
    }
    return batch;
  }

  /** Its end begins with any lane's. */
  private boolean isEnding() {
    for (RingConsumer lane : lanes) {
      if (lane.isEnding()) {
        return true;
      }
    }
    return false;
  }

  /** Polls the lanes once, from the last one on, up to the first that has entries. */
  private Batch pollEach(int max) throws InterruptedException {
    for (int i = 1; ; i++) {
      polled = lanes[at];
      Batch batch = polled.poll(max, Duration.ZERO);
      if (!batch.isEmpty()) {
        inARow++;
        return batch;
      }
      moveOn();
      if (i == lanes.length) {
        return batch;
      }
    }
  }

  private void moveOn() {
    at = at + 1 & lanes.length - 1;
    inARow = 0;
  }

  @Override
  public int acknowledge(Batch batch) {
    entrance.enter();
    try {
      return polled.acknowledge(batch);
    } finally {
      entrance.leave();
    }
  }

  @Override
  public void acknowledge(long sequence) {
    lane(sequence).acknowledge(sequence);
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    lane(sequence).refuse(sequence, delay);
  }

  @Override
  public void giveBack(long sequence, Duration delay) {
    lane(sequence).giveBack(sequence, delay);
  }

  private RingConsumer lane(long sequence) {
    long lane = LanedQueue.lane(sequence);
    if (lane >= lanes.length) {
      throw new NotPendingException(
          LanedQueue.describe(sequence)
              + " is not pending in group "
              + group()
              + ": not delivered, the queue has no lane "
              + lane);
    }
    return lanes[(int) lane];
  }

  @Override
  public void close() {
    Steps steps = new Steps();
    for (RingConsumer lane : lanes) {
      steps.run(lane::close);
    }
    steps.finish();
  }
}
