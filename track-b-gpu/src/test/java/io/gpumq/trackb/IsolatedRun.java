package io.gpumq.trackb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gpumq.api.Batch;
import io.gpumq.api.Consumer;
import io.gpumq.api.DeadLetter;
import io.gpumq.api.Entry;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.Track;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.Await;
import io.gpumq.conformance.Letter;
import io.gpumq.conformance.ReadLetters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Messages through a queue whose device dies, and what is left of them. The handler is {@code
 * fail:every=2}: a message is guilty if its first number is even. Judged by counting: each message
 * sent is delivered once, whole and in its producer's order, or, if it is guilty, a dead letter.
 */
final class IsolatedRun implements AutoCloseable {
  private static final int MOST_BYTES = 200;

  final MessageQueue queue;
  private final DeadLetter.Cause cause;
  private final Thread receiver = new Thread(this::receive, "receiver");
  private final Map<Integer, AtomicLong> sent = new ConcurrentHashMap<>();
  private final Set<Long> guilty = ConcurrentHashMap.newKeySet();
  private final AtomicLong guiltySent = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();
  private volatile long lettersTaken;
  private boolean pardoned;
  private volatile boolean receiving;
  private volatile Throwable failure;

  /**
   * @param cause what the guilty are to be given up for
   */
  IsolatedRun(MessageQueue queue, DeadLetter.Cause cause) {
    this.queue = queue;
    this.cause = cause;
    queue.createGroup("g");
  }

  /** The guilty are handled at a later attempt. */
  void expectNoLetters() {
    pardoned = true;
  }

  static Track open(boolean standby) {
    return Tracks.open(
        "b",
        new TrackOptions(
            "host",
            Map.of("isolation", "process", "isolation.standby", Boolean.toString(standby))));
  }

  /** A message: which it is and whether it is guilty, then bytes that follow from that. */
  private static byte[] message(int producer, long number, boolean guilty) {
    long id = ((long) producer << 40 | number) << 1 | (guilty ? 0 : 1);
    Random content = new Random(id);
    byte[] bytes = new byte[Long.BYTES + content.nextInt(MOST_BYTES - Long.BYTES)];
    content.nextBytes(bytes);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, id);
    return bytes;
  }

  private static long id(byte[] message) {
    return ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
  }

  private static void checkBytes(byte[] message) {
    long id = id(message);
    int producer = (int) (id >>> 41);
    long number = id >>> 1 & (1L << 40) - 1;
    assertArrayEquals(message(producer, number, (id & 1) == 0), message, () -> "message " + id);
  }

  /** Starts to receive. */
  void receives() {
    receiver.start();
    Await.until("a receiver", () -> receiving || failure != null);
  }

  /** Sends so many messages of a producer, the guilty at random places. */
  void send(int producer, int count, int guiltyCount, Random random) {
    boolean[] isGuilty = new boolean[count];
    for (int left = guiltyCount; left > 0; ) {
      int at = random.nextInt(count);
      if (!isGuilty[at]) {
        isGuilty[at] = true;
        left--;
      }
    }
    AtomicLong numbers = sent.computeIfAbsent(producer, p -> new AtomicLong());
    try (Producer sender = queue.producer()) {
      for (boolean is : isGuilty) {
        byte[] message = message(producer, numbers.get(), is);
        if (is && !pardoned) {
          guilty.add(id(message));
          guiltySent.incrementAndGet();
        }
        sender.send(ByteBuffer.wrap(message), Await.DEADLINE);
        numbers.incrementAndGet();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends in a thread of its own, which is to be joined. */
  Thread sends(int producer, int count, int guiltyCount, Random random) {
    Thread sender =
        new Thread(
            () -> {
              try {
                send(producer, count, guiltyCount, random);
              } catch (RuntimeException | Error e) {
                failure = e;
              }
            },
            "sender");
    sender.start();
    return sender;
  }

  /** Sends until the queue is full; none of it is guilty. */
  void fill(int producer) {
    AtomicLong numbers = sent.computeIfAbsent(producer, p -> new AtomicLong());
    try (Producer sender = queue.producer()) {
      Await.until(
          "full",
          () -> {
            while (sender.trySend(ByteBuffer.wrap(message(producer, numbers.get(), false)))
                != Producer.FULL) {
              numbers.incrementAndGet();
            }
            return queue.stats().depth() == queue.config().maxMessages();
          });
    }
  }

  private void receive() {
    Map<Integer, Long> last = new HashMap<>();
    try (Consumer consumer = queue.consumer("g", "c")) {
      receiving = true;
      while (!Thread.currentThread().isInterrupted()) {
        Batch batch = consumer.poll(64, Duration.ofMillis(100));
        for (int i = 0; i < batch.size(); i++) {
          Entry entry = batch.get(i);
          assertEquals(1, entry.deliveries(), "deliveries");
          byte[] bytes = new byte[entry.payload().remaining()];
          entry.payload().get(bytes);
          checkBytes(bytes);
          long number = id(bytes) >>> 1 & (1L << 40) - 1;
          Long before = last.put((int) (id(bytes) >>> 41), number);
          assertTrue(before == null || before < number, "in the order of its producer, once");
        }
        consumer.acknowledge(batch);
        delivered.addAndGet(batch.size());
        takeLetters();
      }
    } catch (InterruptedException | QueueClosedException e) {
      Thread.currentThread().interrupt(); // the test is over
    } catch (Throwable e) {
      failure = e;
    }
  }

  /** Waits until all that was sent is accounted for, and judges the letters. */
  void settle() {
    Await.until(
        "everything sent is delivered or given up",
        () -> {
          takeLetters();
          return failure != null || delivered.get() + lettersTaken >= sent();
        });
    if (failure != null) {
      throw new AssertionError("a sender or the receiver: " + failure, failure);
    }
    assertEquals(Set.of(), guilty, "guilty ones that were not given up");
    assertEquals(sent(), delivered.get() + lettersTaken, "sent = delivered + dead-lettered");
    assertEquals(guiltySent.get(), lettersTaken);
  }

  /** While they are full, nothing more is delivered. */
  private synchronized void takeLetters() {
    for (Letter letter : ReadLetters.take(queue, Integer.MAX_VALUE)) {
      lettersTaken++;
      checkBytes(letter.payload());
      assertTrue(guilty.remove(id(letter.payload())), () -> "an innocent was given up: " + letter);
      assertEquals(cause, letter.told().cause(), letter::toString);
      assertTrue(letter.told().reason().contains("fail:every=2"), letter::toString);
      assertTrue(letter.told().count() >= 1, letter::toString);
    }
  }

  long sent() {
    return sent.values().stream().mapToLong(AtomicLong::get).sum();
  }

  long delivered() {
    return delivered.get();
  }

  /** Ends the receiver. */
  @Override
  public void close() {
    receiver.interrupt();
    try {
      receiver.join(Await.DEADLINE.toMillis());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertNull(failure, () -> failure + Arrays.toString(failure.getStackTrace()));
  }
}
