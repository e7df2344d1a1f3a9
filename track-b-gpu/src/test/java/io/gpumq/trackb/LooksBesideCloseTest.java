package io.gpumq.trackb;

import io.gpumq.api.Batch;
import io.gpumq.api.ConfigException;
import io.gpumq.api.Consumer;
import io.gpumq.api.GroupStart;
import io.gpumq.api.MessageQueue;
import io.gpumq.api.MultiPoll;
import io.gpumq.api.Producer;
import io.gpumq.api.QueueClosedException;
import io.gpumq.api.QueueConfig;
import io.gpumq.api.QueueFullException;
import io.gpumq.api.Retention;
import io.gpumq.api.Track;
import io.gpumq.api.TrackFailedException;
import io.gpumq.api.TrackOptions;
import io.gpumq.api.Tracks;
import io.gpumq.conformance.ReadLetters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way to look at a queue, beside a close that gives the memory back: a look comes before
 * that, or hears of the close. One that comes in the middle would end in an error of the virtual
 * machine, and in whichever queue its thread has come to by then.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LooksBesideCloseTest {
  private static final int ROUNDS = 20;
  private static final int LOOKERS = 2;
  private static final int MESSAGES = 64;
  private static final int LARGE_BYTES = 200_000;
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  /** What is done in a loop. */
  @FunctionalInterface
  private interface Act {
    void on(MessageQueue queue) throws InterruptedException;
  }

  /** The same by polls of many consumers, which are its thread's. */
  @FunctionalInterface
  private interface JointAct {
    void on(MessageQueue queue, MultiPoll polls) throws InterruptedException;
  }

  /** A look. Each keeps looking until it hears of the close, or has looked behind it. */
  enum Look {
    STATS(MessageQueue::stats),
    GROUPS(MessageQueue::groups),
    LETTERS(queue -> ReadLetters.peek(queue, 8)),
    MAKE(queue -> queue.createGroup("h", GroupStart.NOW)),
    MOVE(queue -> queue.moveGroup("g", GroupStart.OLDEST)),
    POLL(
        queue -> {
          try (Consumer consumer = queue.consumer("g", "c" + NAMES.incrementAndGet())) {
            Batch batch = consumer.poll(8, Duration.ofMillis(1));
            for (int i = 0; i < batch.size(); i++) {
              batch.get(i).payloadBytes();
            }
            consumer.acknowledge(batch);
          }
        }),
    POLL_JOINTLY(
        (queue, polls) -> {
          try (Consumer one = queue.consumer("g", "c" + NAMES.incrementAndGet());
              Consumer other = queue.consumer("h", "c" + NAMES.incrementAndGet())) {
            List<Consumer> both = List.of(one, other);
            polls.poll(both, 8);
            for (int i = 0; i < both.size(); i++) {
              for (int entry = 0; entry < polls.batch(i).size(); entry++) {
                polls.batch(i).get(entry).payloadBytes();
              }
              both.get(i).acknowledge(polls.batch(i));
            }
          }
        }),
    SEND(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.trySend(ByteBuffer.allocate(8));
          }
        }),
    SEND_MANY(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.trySendBatch(8, (index, slot) -> slot.putLong(index));
          }
        }),
    SEND_LARGE(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.trySend(ByteBuffer.allocate(LARGE_BYTES));
          }
        }),
    SEND_LARGE_BATCH(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.trySendBatch(2, (index, slot) -> slot.position(LARGE_BYTES));
          }
        }),
    SEND_WHERE_ALL_STAYS(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.trySend(ByteBuffer.allocate(8));
          }
        }),
    WAIT_FOR_ROOM(
        queue -> {
          try (Producer producer = queue.producer()) {
            producer.send(ByteBuffer.allocate(8), Duration.ofMillis(1));
          }
        });

    private final JointAct once;

    Look(Act once) {
      this((queue, polls) -> once.on(queue));
    }

    Look(JointAct once) {
      this.once = once;
    }

    private QueueConfig config() {
      boolean isLarge = this == SEND_LARGE || this == SEND_LARGE_BATCH;
      return QueueConfig.named("looks")
          .maxMessages(2 * MESSAGES)
          .maxPayloadBytes(isLarge ? LARGE_BYTES : 64)
          .retention(
              this == SEND_WHERE_ALL_STAYS ? Retention.untilNeeded() : Retention.whenSettled())
          .handler("fail:every=8")
          .build();
    }
  }

  private static Track open() {
    return Tracks.open("b", new TrackOptions("host", Map.of("store.bytes", "16M")));
  }

  private static MessageQueue filled(Track track, Look look) {
    MessageQueue queue = track.open(look.config());
    queue.createGroup("g", GroupStart.OLDEST);
    try (Producer producer = queue.producer()) {
      producer.trySendBatch(MESSAGES, (index, slot) -> slot.putLong(Long.reverseBytes(index)));
    }
    return queue;
  }

  @ParameterizedTest
  @EnumSource(Look.class)
  void hearsOfTheCloseOfTheQueue(Look look) throws Exception {
    try (Track track = open()) {
      for (int round = 0; round < ROUNDS; round++) {
        MessageQueue queue = filled(track, look);
        lookBeside(track, queue, look, queue::close);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Look.class)
  void hearsOfTheCloseOfTheTrack(Look look) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Track track = open();
      lookBeside(track, filled(track, look), look, track::close);
    }
  }

  private void lookBeside(Track track, MessageQueue queue, Look look, Runnable close)
      throws Exception {
    AtomicBoolean closed = new AtomicBoolean();
    CountDownLatch looking = new CountDownLatch(LOOKERS);
    List<Future<?>> lookers = new ArrayList<>();
    for (int i = 0; i < LOOKERS; i++) {
      MultiPoll polls = track.multiPoll();
      lookers.add(
          threads.submit(
              () -> {
                keepLooking(queue, polls, look, looking, closed);
                return null;
              }));
    }
    looking.await();
    close.run();
    closed.set(true);
    for (Future<?> looker : lookers) {
      looker.get(20, TimeUnit.SECONDS); // throws what it has thrown
    }
  }

  private static void keepLooking(
      MessageQueue queue, MultiPoll polls, Look look, CountDownLatch looking, AtomicBoolean closed)
      throws InterruptedException {
    for (boolean isLast = false; !isLast; ) {
      isLast = closed.get();
      try {
        look.once.on(queue, polls);
      } catch (QueueClosedException
          | TrackFailedException
          | ConfigException
          | QueueFullException e) {
        // as it should
      }
      looking.countDown();
    }
  }
}
