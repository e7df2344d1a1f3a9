package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** How one thread of a program on a short store sends. */
final class ShortStoreSender {
  /** Ends a batch from within its writer. */
  private static final class Ended extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Random random;
  private final Supplier<ShortStoreQueue> others;

  /**
   * @param others those that a writer sends to
   */
  ShortStoreSender(Random random, Supplier<ShortStoreQueue> others) {
    this.random = random;
    this.others = others;
  }

  /** Sends some one by one; returns whether there was room for all of them. */
  boolean send(ShortStoreQueue queue) throws InterruptedException {
    ShortStoreQueue.Opening at = queue.opening;
    boolean hasRoom = true;
    try (Producer producer = at.queue.producer()) {
      for (int left = 1 + random.nextInt(6); left > 0; left--) {
        hasRoom &= trySend(queue, at, producer, random.nextBoolean());
      }
      return hasRoom;
    } catch (QueueFullException e) {
      return false;
    }
  }

  private boolean trySend(
      ShortStoreQueue queue, ShortStoreQueue.Opening at, Producer producer, boolean waits)
      throws InterruptedException {
    long number = queue.nextNumber();
    boolean isKeyed = random.nextInt(3) == 0;
    var payload = ShortStoreQueue.payload(number, queue.length(random), isKeyed);
    long key = ShortStoreQueue.key(number);
    Duration wait = Duration.ofMillis(random.nextInt(40));
    long sequence;
    if (waits) {
      sequence = isKeyed ? producer.send(key, payload, wait) : producer.send(payload, wait);
    } else {
      sequence = isKeyed ? producer.trySend(key, payload) : producer.trySend(payload);
    }
    if (sequence != Producer.FULL) {
      queue.requireNumber(at, sequence, number);
      queue.sent.add(number);
    }
    return sequence != Producer.FULL;
  }

  /** Sends a batch; returns whether there was room for all of it. */
  boolean sendBatch(ShortStoreQueue queue) throws InterruptedException {
    ShortStoreQueue.Opening at = queue.opening;
    int count = 1 + random.nextInt(queue.config.maxPayloadBytes() > 2_048 ? 5 : 80);
    List<Long> numbers = new ArrayList<>();
    int end = queue.isExact || random.nextInt(8) > 0 ? count : random.nextInt(count);
    Producer.PayloadWriter writer =
        (i, slot) -> {
          if (i == end) {
            throw new Ended();
          }
          beWithinWriter();
          long number = queue.nextNumber();
          numbers.add(number);
          ShortStoreQueue.write(number, queue.length(random), false, slot);
        };
    int sent;
    try (Producer producer = at.queue.producer()) {
      if (random.nextBoolean()) {
        sent = producer.trySendBatch(count, writer);
      } else {
        producer.sendBatch(count, writer, Duration.ofMillis(random.nextInt(40)));
        sent = count;
      }
    } catch (QueueFullException e) {
      sent = e.accepted();
    } catch (Ended e) {
      return true;
    }
    assertEquals(numbers.size(), sent, "what is written is sent");
    queue.sent.addAll(numbers);
    return sent == count;
  }

  /** A writer takes its time, or sends to another queue. */
  private void beWithinWriter() {
    int draw = random.nextInt(100);
    if (draw == 0) {
      Thread.yield();
    } else if (draw == 1) {
      ShortStoreQueue other = others.get();
      ShortStoreQueue.Opening at = other.opening;
      try (Producer producer = at.queue.producer()) {
        trySend(other, at, producer, false);
      } catch (QueueClosedException e) {
        if (!other.isCut) {
          throw e;
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
