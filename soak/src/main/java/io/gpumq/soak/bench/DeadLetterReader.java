package io.gpumq.soak.bench;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.MessageQueue;
import io.gpumq.soak.workload.Verifier;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Empties a queue of dead letters, checking each. For one thread at a time. */
public final class DeadLetterReader implements AutoCloseable {
  private static final int MOST = 4096;
  private static final ByteBuffer NO_RESULT = ByteBuffer.allocate(0);

  private final Consumer consumer;
  private final Verifier verifier;

  /**
   * @param letters the queue of the letters
   * @param verifier that of the dead letters
   */
  public DeadLetterReader(MessageQueue letters, Verifier verifier) {
    this.consumer = letters.consumer("bench", "letters");
    this.verifier = verifier;
  }

  /** Takes what is there now, and says how much that was. */
  public int collect() throws InterruptedException {
    int taken = 0;
    Batch some;
    while (!(some = consumer.poll(MOST, Duration.ZERO)).isEmpty()) {
      for (int i = 0; i < some.size(); i++) {
        verifier.check(some.get(i).payload(), NO_RESULT);
      }
      taken += consumer.acknowledge(some);
    }
    return taken;
  }

  /** Letters taken so far. */
  public long taken() {
    return verifier.seen();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
