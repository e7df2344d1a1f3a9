package io.gpumq.trackb.queue;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Claims, publishes and closes at the same time: whatever the order, it is as if each had happened
 * at one moment. A close counts each message whose sender was told that it was accepted. It may
 * count one more for each sender that it refuses at that moment, whose message lies in the ring.
 */
@Tag("lincheck")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseRaceTest {
  private static final int ITERATIONS = 16;
  private static final int INVOCATIONS = 40;

  private static final TestShop SHOP = TestShop.onHost();

  /** One queue at a time: the next one closes it. */
  private static Queue latest;

  private static synchronized Queue next() {
    closeLatest();
    latest = SHOP.open(QueueConfig.named("race").maxMessages(16).maxPayloadBytes(64));
    return latest;
  }

  private static void closeLatest() {
    if (latest != null) {
      latest.close(Duration.ZERO);
      latest = null;
    }
  }

  @AfterAll
  static synchronized void closeAll() {
    closeLatest();
    SHOP.close();
  }

  /** The queue without a group, so that nothing leaves it. */
  public static final class Raced {
    private final Queue queue = next();
    private final AtomicInteger offered = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile long left = -1;

    /** Sends one message; returns how many were accepted. */
    @Operation
    public int send() {
      return send(1);
    }

    /** Sends a batch of one claim; returns how many were accepted. */
    @Operation
    public int sendTwo() {
      return send(2);
    }

    private int send(int messages) {
      offered.addAndGet(messages);
      try (Producer producer = queue.producer()) {
        int sent = producer.trySendBatch(messages, (index, slot) -> slot.putLong(index));
        accepted.addAndGet(sent);
        return sent;
      } catch (QueueClosedException e) {
        return 0;
      }
    }

    /** Closes it. */
    @Operation
    public void close() {
      left = queue.close(Duration.ZERO).left();
    }

    /** Checks what the close has counted, when all is over. */
    @Validate
    public void countsWhatWasAccepted() {
      if (left >= 0 && (left < accepted.get() || left > offered.get())) {
        throw new AssertionError(
            accepted + " of " + offered + " were accepted, and the close counts " + left);
      }
    }
  }

  /** What it is as if it were. */
  public static final class Model {
    private boolean closed;

    /** Sends one message. */
    public int send() {
      return closed ? 0 : 1;
    }

    /** Sends two. */
    public int sendTwo() {
      return closed ? 0 : 2;
    }

    /** Closes it. */
    public void close() {
      closed = true;
    }
  }

  @Test
  void eachCallIsAsIfItHappenedAtOneMoment() {
    new StressOptions()
        .iterations(ITERATIONS)
        .invocationsPerIteration(INVOCATIONS)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(Model.class)
        .check(Raced.class);
  }
}
