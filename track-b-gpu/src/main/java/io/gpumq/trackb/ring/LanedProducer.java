package io.gpumq.trackb.ring;

import io.gpumq.api.Producer;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Sends to its home lane, and what has a key to the key's. */
final class LanedProducer implements Producer {
  private final Producer[] lanes;
  private final Producer home;

  /**
   * @param lanes a producer in each; a power of two
   * @param home the lane of what has no key
   */
  LanedProducer(Producer[] lanes, int home) {
    this.lanes = lanes;
    this.home = lanes[home];
  }

  /** Returns a key's lane of so many; keys that follow each other spread. */
  static int lane(long key, int lanes) {
    long mixed = (key ^ key >>> 32) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & lanes - 1;
  }

  private Producer of(long key) {
    return lanes[lane(key, lanes.length)];
  }

  @Override
  public long send(ByteBuffer payload, Duration timeout) throws InterruptedException {
    return home.send(payload, timeout);
  }

  @Override
  public long send(long key, ByteBuffer payload, Duration timeout) throws InterruptedException {
    return of(key).send(key, payload, timeout);
  }

  @Override
  public long trySend(ByteBuffer payload) {
    return home.trySend(payload);
  }

  @Override
  public long trySend(long key, ByteBuffer payload) {
    return of(key).trySend(key, payload);
  }

  @Override
  public void sendBatch(int count, PayloadWriter writer, Duration timeout)
      throws InterruptedException {
    home.sendBatch(count, writer, timeout);
  }

  @Override
  public int trySendBatch(int count, PayloadWriter writer) {
    return home.trySendBatch(count, writer);
  }

  @Override
  public void close() {
    for (Producer lane : lanes) {
      lane.close();
    }
  }
}
