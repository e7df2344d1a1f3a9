package io.gpumq.trackb.ring;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.NotPendingException;
import io.gpumq.trackb.delivery.Sequences;
import java.time.Duration;

/**
 * Reads every lane in turn: a batch comes from one of them. A lane that has entries is read a few
 * times in a row, since what a consumer needs of it lies in its processor's cache by then.
 */
final class LanedConsumer implements Consumer {
  private static final int MOST_IN_A_ROW = 16;

  private final RingConsumer[] lanes;
  private final Backoff backoff = new Backoff();

  /** The lane to be polled next, and how many batches in a row have come from it. */
  private int at;

  private int inARow;

  /** Whose batch the last poll returned. */
  private RingConsumer polled;

  /**
   * @param lanes a consumer in each; a power of two
   * @param home which is read first
   */
  LanedConsumer(RingConsumer[] lanes, int home) {
    this.lanes = lanes;
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
    RingConsumer.requireWait(wait);
    polled.release();
    if (inARow == MOST_IN_A_ROW) {
      moveOn();
    }
    Batch batch = pollEach(max);
    if (!batch.isEmpty() || wait.isZero()) {
      return batch;
    }
    long deadline = System.nanoTime() + wait.toNanos();
    backoff.reset();
    while (batch.isEmpty() && System.nanoTime() < deadline) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      backoff.pause();
      batch = pollEach(max);
    }
    return batch;
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
    return polled.acknowledge(batch);
  }

  @Override
  public void acknowledge(long sequence) {
    lane(sequence).acknowledge(sequence);
  }

  @Override
  public void refuse(long sequence, Duration delay) {
    lane(sequence).refuse(sequence, delay);
  }

  private RingConsumer lane(long sequence) {
    long lane = Sequences.lane(sequence);
    if (lane >= lanes.length) {
      throw new NotPendingException(
          "sequence "
              + sequence
              + " is not pending in group "
              + group()
              + ": not delivered, the queue has no lane "
              + lane);
    }
    return lanes[(int) lane];
  }

  @Override
  public void close() {
    for (RingConsumer lane : lanes) {
      lane.close();
    }
  }
}
